"""When demo_project moves, the patches follow, or somebody is told."""

import subprocess

import pytest

from workshop.bug import Bug
from workshop.errors import PatchDoesNotApply
from workshop.patches import apply, diff, read_tree, rewrite, transplant

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
    change(kit, "import ALIVE, UserStatus\n\n\n", "import ALIVE, UserStatus\n\nX = 1\n\n\n")
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
        "def set_user_online_status(user_id: int, connection_id: UUID, is_online: bool)",
        "def set_user_online_status(user_id, connection_id, is_online)",
    )
    assert "bug.patch" in rewrite(bug, kit / "demo_project")
    assert "async def set_user_online_status(user_id: int, connection_id: UUID, is_online: bool)" in applied(
        bug, kit, bug.patch
    )


def test_a_function_that_is_gone_is_said(bug, kit):
    change(kit, "def set_user_online_status", "def store_online_status")
    before = bug.patch.read_bytes()
    with pytest.raises(PatchDoesNotApply, match="by hand"):
        rewrite(bug, kit / "demo_project")
    assert bug.patch.read_bytes() == before


def test_files_that_come_and_go_are_in_a_patch(tmp_path):
    before = {"m/stays.py": "x = 1\n", "m/goes.py": "y = 1\n"}
    after = {"m/stays.py": "x = 2\n", "m/comes.py": "y = 1\n"}
    patch = tmp_path / "all.patch"
    patch.write_text(diff(before, after))
    for name in ("stays", "goes", "comes"):
        assert f"diff --git a/m/{name}.py b/m/{name}.py\n" in patch.read_text()
    assert apply(before, patch) == after


def test_a_file_that_a_patch_deletes_is_deleted_whatever_it_says_today(tmp_path):
    base, target = {"a.py": "x = 1\n", "b.py": ""}, {"b.py": ""}
    assert transplant(base, target, {"a.py": "x = 3\n", "b.py": ""}, tmp_path) == target
