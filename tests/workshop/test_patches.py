"""When demo_project moves, the patches follow whole, or somebody is told."""

import os
import shutil
import subprocess
import sys
from functools import cache

import pytest
from edits import EDITS, HANDLERS, edit

from workshop.bug import Bug, bug_names
from workshop.merging import Conflict, carry, touched, units
from workshop.patches import changes, draft, transplant
from workshop.scratch import PROJECT
from workshop.trees import apply, diff, read_tree

MERGED = "today's program has changed the same words"
# What no machine can carry over: the edit is in the very words that the patch replaces.
REFUSED = {
    "rename a local variable": {"03_persistence_manager/4_sync_twin_removed": "get_conversation_messages"},
    "add a parameter": {
        "03_persistence_manager/bug": "create_message_async",
        "09_transactions_and_wrong_fixes/exercise_2": "create_message_async",
    },
}


@pytest.fixture
def kit(kit, monkeypatch):
    """A kit in a repository of its own, to change."""
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "kit"]):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *command], cwd=kit, check=True)
    monkeypatch.setattr("workshop.bug.BUGS", kit / "demo_project" / "bugs")
    return kit


@pytest.fixture
def bug(kit):
    return Bug.load("02_online_status")


def make_patches(kit):
    """Run the command that `make patches` runs."""
    command = [sys.executable, "-m", "workshop.patches"]
    environ = os.environ | {"PYTEST_XDIST_AUTO_NUM_WORKERS": "1"}  # the other core has tests of its own
    return subprocess.run(command, cwd=kit / "notebooks", env=environ, capture_output=True, text=True)


def change(kit, before, after):
    path = kit / "demo_project" / HANDLERS
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def patches_of(bug):
    """Yield each patch with those that it stands on."""
    yield bug.patch, []
    for step in bug.steps:
        yield bug.home / f"{step.name}.patch", [bug.patch]
    for exercise in bug.exercises:
        yield bug.home / f"{exercise.patch}.patch", []


def test_nothing_is_written_while_all_apply(kit):
    done = make_patches(kit)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"{name}: every patch applies" for name in bug_names()]


@pytest.mark.parametrize("name", EDITS)
def test_after_an_ordinary_edit_a_patch_does_all_it_did_or_is_refused(kit, name):
    shipped = read_tree(PROJECT)
    edit(kit / "demo_project", name)
    today = read_tree(kit / "demo_project")
    refused = {}
    for bug in map(Bug.load, bug_names()):
        result = draft(bug, kit / "demo_project")
        refused |= {f"{bug.home.name}/{patch.stem}": why for patch, why in result.refused.items()}
        for patch, prior in patches_of(bug):
            if patch not in result.texts:
                assert patch in result.refused or bug.patch in result.refused
                continue
            before, after = as_shipped(bug.home.name, patch.name, bool(prior))
            now = today
            for earlier in prior:
                now = apply(now, write_beside(earlier, result.texts[earlier]))
            then = apply(now, write_beside(patch, result.texts[patch]))
            assert sorted(changes(now, then)) == sorted(changes(before, after))
            assert_edit_survives(name, then, {place.partition(" in ")[0] for place in changes(shipped, after)})
    assert {patch: why.partition(" in ")[0] for patch, why in refused.items()} == REFUSED.get(name, {})


@cache
def as_shipped(bug, name, stands_on_bug):
    """Return the shipped program before and after one of the shipped patches."""
    home = PROJECT / "bugs" / bug
    before = read_tree(PROJECT)
    if stands_on_bug:
        before = apply(before, home / "bug.patch")
    return before, apply(before, home / name)


def write_beside(patch, text):
    beside = patch.with_suffix(".tried")
    beside.write_text(text)
    return beside


def assert_edit_survives(name, tree, replaced):
    """What an edit put into parts that a patch leaves alone is there, to the letter."""
    file, replacements = EDITS[name]
    shipped = read_tree(PROJECT)[file]
    edited = shipped
    for before, after in replacements:
        edited = edited.replace(before, after)
    for unit in set(touched(shipped, edited)) - replaced:
        assert units(tree[file]).get(unit, "").strip() == units(edited).get(unit, "").strip()


def test_what_carries_over_and_means_something_else_is_kept_beside(kit, bug):
    """Here the line that the step fails at stands in a new function: only its own contract can tell."""
    keep_bugs(kit, "02_online_status")
    keep_first_step(bug)
    edit(kit / "demo_project", "split a function in two")
    step = bug.home / "1_one_call_wrapped.patch"
    before = step.read_bytes()
    done = make_patches(kit)
    assert done.returncode == 1
    [complaint] = done.stderr.splitlines()
    assert complaint.startswith("02_online_status/1_one_call_wrapped.patch is left as it was: with the new one, in ")
    assert "test_step_has_its_outcome[02_online_status-1_one_call_wrapped]" in complaint
    assert complaint.endswith("Look at set_user_online_status in messaging/async_handlers.py")
    assert step.read_bytes() == before
    assert (bug.home / "1_one_call_wrapped.patch.rejected").is_file()
    assert "02_online_status: written: bug.patch" in done.stdout


def keep_bugs(kit, *names):
    """Take the other bugs away, whose contract would be run for nothing."""
    for home in (kit / "demo_project/bugs").iterdir():
        if home.is_dir() and home.name not in names:
            shutil.rmtree(home)


def keep_first_step(bug):
    """Take the rest of a bug away, likewise."""
    toml = bug.home / "bug.toml"
    toml.write_text(toml.read_text().partition('[[steps]]\nname = "2_')[0])
    for patch in [*bug.home.glob("[23]_*.patch"), *bug.home.glob("exercise_*.patch")]:
        patch.unlink()


def test_a_function_that_is_gone_is_said_and_nothing_of_the_bug_is_written(kit, bug):
    keep_bugs(kit, "02_online_status", "08_channels_own_traps")
    for path in (kit / "demo_project").rglob("*.py"):
        if "set_user_online_status" in path.read_text() and bug.home.parent not in path.parents:
            path.write_text(path.read_text().replace("set_user_online_status", "store_online_status"))
    before = {path: path.read_bytes() for path in bug.home.iterdir()}
    done = make_patches(kit)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "02_online_status/bug.patch is left as it was: set_user_online_status in messaging/async_handlers.py: "
        "it is not there any more under this name. Write it by hand: make patch NAME=02_online_status/bug",
        # It is called there in the very words that the exercise replaces.
        "08_channels_own_traps/exercise_1.patch is left as it was: ChatConsumer.leave in messaging/consumers.py: "
        f"{MERGED}. Write it by hand: make patch NAME=08_channels_own_traps/exercise_1",
    ]
    assert {path: path.read_bytes() for path in bug.home.iterdir()} == before


def test_every_function_that_differs_is_carried_over():
    base = "def f():\n    return 1\n\n\ndef g():\n    return 1\n"
    target = base.replace("1", "2")
    assert carry(base, target, "\n".join([base, "x = 1\n"])).count("return 2") == 2
    with pytest.raises(Conflict, match=f"g: {MERGED}"):
        carry(base, target, base.replace("g():\n    return 1", "g():\n    return 3"))


def test_imports_are_merged_name_by_name():
    base = "from a import b, c\n\nx = 1\n"
    assert carry(base, "from a import b, c, e\n\nx = 1\n", "from a import b, c, d\n\nx = 1\n").startswith(
        "from a import b, c, d, e\n"
    )
    assert carry(base, "from a import b\n\nx = 1\n", "from a import b, c, d\n\nx = 1\n").startswith(
        "from a import b, d\n"
    )


def test_members_of_a_class_have_names():
    text = "class A:\n    x = 1\n\n    @property\n    def y(self):\n        return 2\n\n\nz = 3\n"
    assert list(units(text)) == ["A", "A.x =", "A.y", "z =", "the end of the file"]
    assert "".join(units(text).values()) == text
    assert touched(text, text.replace("2", "4")) == ["A.y"]


def test_files_that_come_and_go_are_in_a_patch(tmp_path):
    before = {"m/stays.py": "x = 1\n", "m/goes.py": "y = 1\n"}
    after = {"m/stays.py": "x = 2\n", "m/comes.py": "y = 1\n"}
    patch = tmp_path / "all.patch"
    patch.write_text(diff(before, after))
    for name in ("stays", "goes", "comes"):
        assert f"diff --git a/m/{name}.py b/m/{name}.py\n" in patch.read_text()
    assert apply(before, patch) == after


def test_a_file_that_a_patch_deletes_is_deleted_whatever_it_says_today():
    base, target = {"a.py": "x = 1\n", "b.py": ""}, {"b.py": ""}
    assert transplant(base, target, {"a.py": "x = 3\n", "b.py": ""}) == target


def test_a_file_that_is_gone_is_said():
    with pytest.raises(Conflict, match=r"a\.py: the file is not there any more"):
        transplant({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"}, {})
