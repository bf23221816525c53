"""The scratch copy: nothing of the learner's is lost, and what is in the way is said in one sentence."""

import errno
import shutil
import subprocess
import sys

import pytest

from workshop import Lab, PatchDoesNotApply, WorkshopError
from workshop.bug import Bug

BUG = "02_online_status"
HANDLERS = "messaging/async_handlers.py"


@pytest.fixture
async def lab(scratch):
    lab = Lab(BUG)
    yield lab
    await lab.close()


def edit(lab, text="# mine\n"):
    (lab.root / HANDLERS).write_text(text)


async def test_lab_without_a_bug_is_shipped_and_says_so_when_asked_for_one(scratch):
    lab = Lab()
    assert lab.is_shipped
    with pytest.raises(WorkshopError, match="no bug in it"):
        lab.apply("1_one_call_wrapped")
    await lab.close()


def test_unknown_names_list_the_known_ones(scratch):
    with pytest.raises(WorkshopError, match=BUG):
        Lab("99_unheard_of")


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (lambda lab: lab.apply("9_nothing"), "1_one_call_wrapped"),
        (lambda lab: lab.exercise(3), "1 to 2"),
        (lambda lab: lab.hint(1, 4), "1 to 3"),
        (lambda lab: lab.solution(1, now=True), "lab.exercise"),
        (lambda lab: lab.exercise("1"), "1 to 2"),
        (lambda lab: lab.hint(1, "1"), "1 to 3"),
        (lambda lab: shutil.rmtree(lab.root) or lab.exercise(1), "gone"),
        (lambda lab: edit(lab, "def (") or lab.source(HANDLERS, "x"), "line 1 is no Python"),
        (lambda lab: lab.source("messaging/nothing.py"), "cannot be shown"),
        (lambda lab: lab.source(HANDLERS, "nothing"), "no nothing here"),
    ],
)
def test_a_wrong_argument_gets_a_sentence(lab, use, says):
    with pytest.raises(WorkshopError, match=says):
        use(lab)


@pytest.mark.parametrize(
    "action",
    [lambda lab: lab.apply("1_one_call_wrapped"), lambda lab: lab.fix(), lambda lab: lab.reset(), lambda _: Lab(BUG)],
    ids=["apply", "fix", "reset", "a new lab"],
)
def test_a_learners_edit_is_kept_and_named(lab, scratch, capsys, action):
    edit(lab)
    (lab.root / "notes.txt").write_text("mine too")
    action(lab)
    kept = scratch / "kept" / BUG / "1"
    assert (kept / HANDLERS).read_text() == "# mine\n"
    assert (kept / "notes.txt").read_text() == "mine too"
    assert HANDLERS in capsys.readouterr().out
    assert not (lab.root / "notes.txt").exists()
    edit(lab, "# mine again\n")
    lab.reset()
    assert (scratch / "kept" / BUG / "2" / HANDLERS).read_text() == "# mine again\n"


@pytest.mark.parametrize("name", ["größe.py", "with space.py", 'quote".py'])
def test_files_with_any_name_are_kept(lab, scratch, name):
    (lab.root / name).write_text("mine")
    lab.reset()
    assert (scratch / "kept" / BUG / "1" / name).read_text() == "mine"
    assert not (lab.root / name).exists()


def test_the_users_git_configuration_changes_nothing(scratch, tmp_path, monkeypatch):
    home = tmp_path / "home"
    (home / "git").mkdir(parents=True)
    (home / "git/ignore").write_text("notes*\n")
    (home / ".gitconfig").write_text("[diff]\nexternal = true\nmnemonicPrefix = true\n[color]\nui = always\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    lab = Lab(BUG)
    assert not lab.is_shipped
    assert lab.fix().text().startswith("+++ messaging/async_handlers.py")
    (lab.root / "notes.txt").write_text("mine")
    lab.reset()
    assert (scratch / "kept" / BUG / "1/notes.txt").exists()
    lab._release()


def test_a_deleted_file_comes_back_without_a_word(lab, scratch, capsys):
    (lab.root / HANDLERS).unlink()
    lab.reset()
    assert (lab.root / HANDLERS).exists()
    assert capsys.readouterr().out == ""


def test_a_git_that_does_not_work_is_said(scratch, monkeypatch):
    (scratch / "bin").mkdir()
    (scratch / "bin/git").write_text("#!/bin/sh\necho no developer tools >&2\nexit 1\n")
    (scratch / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{scratch / 'bin'}:/bin:/usr/bin")
    with pytest.raises(WorkshopError, match="git does not work here: no developer tools"):
        Lab(BUG)


def test_without_an_edit_nothing_is_kept_or_said(lab, scratch, capsys):
    lab.apply("1_one_call_wrapped")
    lab.fix()
    lab.exercise(1)
    Lab(BUG)
    assert capsys.readouterr().out == ""
    assert not (scratch / "kept").exists()


def test_a_damaged_copy_is_moved_aside_whole(lab, scratch):
    edit(lab)
    shutil.rmtree(lab.root / ".git")
    Lab(BUG)
    assert (scratch / "kept" / BUG / "1" / HANDLERS).read_text() == "# mine\n"


def test_what_jupyterlab_and_python_write_is_no_edit(lab):
    lab.fix()
    for name in (".ipynb_checkpoints/a.py", "messaging/__pycache__/a.pyc", "db.sqlite3-wal"):
        (lab.root / name).parent.mkdir(exist_ok=True)
        (lab.root / name).write_text("x")
    assert lab.is_shipped


def test_another_kernel_gets_a_folder_of_its_own(lab, scratch):
    program = f"from workshop import Lab; print(Lab({BUG!r}).root.name)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd="notebooks")
    assert f"{BUG}-2" in done.stdout
    assert "Another notebook uses" in done.stdout


def test_a_patch_that_no_longer_applies_says_what_to_do(lab):
    edit(lab, "# somebody rewrote this\n")
    lab._scratch.commit("moved")
    with pytest.raises(PatchDoesNotApply, match="make patches"):
        lab._scratch.apply(Bug.load(BUG).patch)


def test_without_git(scratch, monkeypatch):
    monkeypatch.setenv("PATH", str(scratch))
    with pytest.raises(WorkshopError, match="Install git"):
        Lab(BUG)


def test_without_room_nothing_half_written_stays(scratch, monkeypatch):
    def full(source, target, **_kwargs):
        target.mkdir()
        raise shutil.Error([(source, target, f"[Errno {errno.ENOSPC}] No space left on device")])

    monkeypatch.setattr("shutil.copytree", full)
    for _attempt in range(2):  # the failed one must not hold the lock
        with pytest.raises(WorkshopError, match=r"No space left on device.*WORKSHOP_SCRATCH"):
            Lab(BUG)
    monkeypatch.undo()
    monkeypatch.setenv("WORKSHOP_SCRATCH", str(scratch))
    lab = Lab(BUG)
    assert lab.root.name == BUG
    lab._release()
    shutil.rmtree(lab.root)
    assert not [path for path in scratch.iterdir() if path.is_dir() and path.name not in (".cache",)]


def test_the_unsafe_flag_is_refused(scratch, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "false")  # any text switches the guard off
    with pytest.raises(WorkshopError, match="unset DJANGO_ALLOW_ASYNC_UNSAFE"):
        Lab(BUG)


def test_errors_are_shown_without_our_frames():
    assert WorkshopError("Do this.")._render_traceback_() == ["WorkshopError: Do this."]
