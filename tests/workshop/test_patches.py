"""When demo_project moves, the patches follow, or somebody is told."""

import subprocess

import pytest

from workshop.bug import Bug
from workshop.errors import PatchDoesNotApply
from workshop.patches import apply, read_tree, rewrite

HANDLERS = "messaging/async_handlers.py"


@pytest.fixture
def bug(kit, monkeypatch):
    """The bug of a kit in a repository of its own, to change."""
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "kit"]):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *command], cwd=kit, check=True)
    monkeypatch.setattr("workshop.bug.BUGS", kit / "demo_project" / "bugs")
    return Bug.load("02_online_status")


def change(kit, before, after):
    path = kit / "demo_project" / HANDLERS
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def applied(bug, kit, *patches):
    tree = read_tree(kit / "demo_project")
    for patch in patches:
        tree = apply(tree, patch)
    return tree[HANDLERS]


def test_nothing_is_written_while_all_apply(bug, kit):
    assert rewrite(bug, kit / "demo_project") == []


def test_an_edit_in_the_context_moves_the_patches(bug, kit):
    change(
        kit, "from messaging.models import UserStatus\n\n\n", "from messaging.models import UserStatus\n\nX = 1\n\n\n"
    )
    with pytest.raises(subprocess.CalledProcessError):
        applied(bug, kit, bug.patch)
    assert "bug.patch" in rewrite(bug, kit / "demo_project")
    text = applied(bug, kit, bug.patch)
    assert "X = 1" in text
    assert "\nasync def set_user_online_status" in text
    for step in bug.steps:
        assert applied(bug, kit, bug.patch, bug.home / f"{step.name}.patch")


def test_an_edit_in_the_changed_lines_puts_the_broken_function_in_whole(bug, kit):
    change(
        kit,
        "def set_user_online_status(user_id: int, is_online: bool)",
        "def set_user_online_status(user_id, is_online)",
    )
    assert "bug.patch" in rewrite(bug, kit / "demo_project")
    assert "async def set_user_online_status(user_id: int, is_online: bool)" in applied(bug, kit, bug.patch)


def test_a_function_that_is_gone_is_said(bug, kit):
    change(kit, "def set_user_online_status", "def store_online_status")
    before = bug.patch.read_bytes()
    with pytest.raises(PatchDoesNotApply, match="by hand"):
        rewrite(bug, kit / "demo_project")
    assert bug.patch.read_bytes() == before
