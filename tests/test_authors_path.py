"""A new bug and its lesson, from the scaffold to green, as README tells an author; and what a mistake is told."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

NAME = "90_trial"
HANDLERS = "messaging/async_handlers.py"
SHIPPED = "@database_sync_to_async\ndef find_user("
QUERY = "    return get_user_model().objects.filter(username=username, is_active=True).first()\n"
HALF = """    users = await database_sync_to_async(get_user_model().objects.filter)(username=username, is_active=True)
    return users.first()
"""
PRESENCE = "@database_sync_to_async\ndef get_user_presence("
# What the author writes in place of each TODO of bug.toml, in order.
TOML = {
    "what a user would call it": "Nobody can chat",
    "where it comes from, such as an issue or an incident": "a test",
    "what it returns as shipped": "presence",
    "what it returns with the bug": "error: internal, closed with code 1011",
    "what control.py prints": "found: ben",
    "such as messaging/async_handlers.py": HANDLERS,
    "the function in it": "find_user",
    "the text of the line that failed": QUERY.strip(),
    "what reproduce returns with this step": "error: internal, closed with code 1011",
    "the file of the step's error": HANDLERS,
    "its function": "find_user",
    "its line": "return users.first()",
    "the file to repair": HANDLERS,
    "the function to repair": "get_user_presence",
    "a gentle one, a question perhaps": "Which line asks the database?",
    "a plain one": "Decorate the function, and make it a plain def",
    "what a solved exercise is shown with": "The function moves, not the line.",
    "what exercise_1 in reproduce.py returns once it is solved": "presence",
    "the file of the exercise's error": HANDLERS,
    "the function of it": "get_user_presence",
    "the line of it": "status = UserStatus.objects.filter(user_id=user_id).first()",
}
LESSON = {"title": "Nobody can chat", "file": HANDLERS, "function": "find_user"}


def run(kit, *command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=kit / "notebooks", capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.strip() or done.stderr.strip()


def author(kit, *command):
    return run(kit, "workshop.author", *command)


@pytest.fixture
def kit(kit, monkeypatch):
    """A kit whose copies to edit are in its own notebooks/scratch."""
    monkeypatch.setenv("WORKSHOP_SCRATCH", str(kit / "notebooks" / "scratch"))
    return kit


def fill_in_bug(kit):
    path = kit / "demo_project/bugs" / NAME / "bug.toml"
    text = path.read_text()
    for what, answer in TOML.items():
        assert text.count(f'"TODO: {what}"') == 1, what
        text = text.replace(f'"TODO: {what}"', f"'{answer}'")
    assert "TODO" not in text
    path.write_text(text)


def fill_in_lesson(kit):
    path = kit / "notebooks" / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        for what, answer in LESSON.items():
            cell.source = cell.source.replace(f"TODO: {what}", answer)
        cell.source = re.sub(r"TODO(: )?", "", cell.source)
    notebook.metadata["workshop"] |= {"title": LESSON["title"], "symptoms": ["Nobody can chat, at all"]}
    nbformat.write(notebook, path)


def edit_copy(kit, stem, *replacements):
    """Run `make patch` twice, and edit the copy in between."""
    code, said = author(kit, "patch", f"{NAME}/{stem}")
    shown = re.search(r"scratch/[\w-]+", said)[0]
    assert (code, said) == (0, f"Edit the copy of LinkUp in {shown}/, and run this again.")
    path = kit / "notebooks" / shown / HANDLERS
    text = path.read_text()
    for before, after in replacements:
        assert text.count(before) == 1
        text = text.replace(before, after)
    assert author(kit, "patch", f"{NAME}/{stem}") == (
        1,
        f"Nothing was edited in {shown}/, and a patch that touches nothing is none.",
    )
    path.write_text(text)
    code, said = author(kit, "patch", f"{NAME}/{stem}")
    assert (code, said.partition(". ")[0]) == (0, f"Wrote demo_project/bugs/{NAME}/{stem}.patch")


def test_a_new_bug_and_its_lesson_become_green_without_an_edit_elsewhere(kit):
    before = {path: path.read_bytes() for path in tracked(kit)}
    code, said = author(kit, "new-bug", NAME)
    assert (code, said) == (
        0,
        f"Made demo_project/bugs/{NAME}/. Fill in bug.toml, then: make patch NAME={NAME}/bug",
    )
    assert author(kit, "patch", f"{NAME}/bug")[1].startswith(f"{NAME}/bug.toml: ")  # names the first TODO
    fill_in_bug(kit)
    edit_copy(kit, "bug", (SHIPPED, "async def find_user("))
    edit_copy(kit, "1_not_enough", (QUERY, HALF))
    edit_copy(kit, "exercise_1", (PRESENCE, "async def get_user_presence("))

    code, said = author(kit, "new-lesson", NAME)
    assert (code, said.partition(". ")[0]) == (0, f"Made notebooks/{NAME}.ipynb")
    fill_in_lesson(kit)
    for command in (["workshop.execute", NAME], ["workshop.index"]):
        code, said = run(kit, *command)
        assert code == 0, said

    proofs = ["tests/test_bugs.py", "tests/test_notebook_contract.py", "tests/test_scripts_and_bugs.py"]
    proofs += ["tests/async_audit/test_linkup_logs.py", "tests/async_audit/test_linkup_sources.py"]
    command = ["pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", f"{NAME} or bug_has_its or readme_has_todays"]
    done = subprocess.run(
        [sys.executable, "-m", *command, *proofs, f"notebooks/{NAME}.ipynb"], cwd=kit, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 40
    changed = {path.relative_to(kit).as_posix() for path, text in before.items() if path.read_bytes() != text}
    last = max(path.name for path in (kit / "notebooks").glob("*.ipynb") if path.stem != NAME)
    assert changed == {"README.md", f"notebooks/{last}"}, (
        "tables, and the way to the next lesson: make notebooks does it"
    )


def tracked(kit):
    aside = {"scratch", "__pycache__"}
    return [path for path in kit.rglob("*") if path.is_file() and not aside & set(path.parts)]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["new-bug", "02_online_status"], "demo_project/bugs/02_online_status/ exists already, and nothing in it was"),
        (
            ["new-bug", "Lazy relation"],
            "'Lazy relation' is no name of a bug or lesson. One is two digits and words: 06_",
        ),
        (["new-bug"], "Say which: make new-bug NAME=06_lazy_relation"),
        (["new-lesson", "02_online_status"], "notebooks/02_online_status.ipynb exists already, and nothing in it was"),
        (["new-lesson", NAME], f"There is no bug {NAME} for this lesson. Make it first: make new-bug NAME={NAME}"),
        (["patch", "02_online_status/9_x"], "bug.toml of 02_online_status names no patch '9_x'. It names: bug, 1_one"),
        (["patch", "nothing/bug"], "There is no bug 'nothing'. There are: 01_missing_updated_at, "),
    ],
)
def test_a_mistake_gets_a_sentence_and_nothing_is_overwritten(kit, command, says):
    before = {path: path.read_bytes() for path in tracked(kit)}
    code, said = author(kit, *command)
    assert code == 1
    assert said.startswith(says)
    assert "\n" not in said
    assert {path: path.read_bytes() for path in tracked(kit)} == before


def test_a_notebook_that_is_not_there(kit):
    assert run(kit, "workshop.execute", NAME) == (
        1,
        f"There is no notebooks/{NAME}.ipynb. Make one: make new-lesson NAME={NAME}",
    )


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('title = "Nobody is ever online"\n', "", "02_online_status/bug.toml: title is missing."),
        ('kind = "partial"', 'kind = "half"', "02_online_status/bug.toml: steps, number 1: kind is one of 'partial', "),
        ('kind = "partial"', 'sort = "x"', "02_online_status/bug.toml: steps, number 1: there is no key 'sort'. "),
        ("hints = [", "hints = 3 #[", "02_online_status/bug.toml cannot be read: "),
        ("scripts = [", "scripts = []\nno_scripts = [", "02_online_status/bug.toml: there is no key 'no_scripts'. "),
        ('"exercise_1"', '"exercise_7"', "02_online_status/exercise_7.patch is missing, and bug.toml names it. "),
    ],
)
def test_what_is_wrong_in_a_bug_is_named_with_its_file(kit, before, after, says):
    path = Path(kit, "demo_project/bugs/02_online_status/bug.toml")
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after, 1))
    code, said = run(kit, "workshop.patches")
    assert code == 1
    assert said.startswith(says)
