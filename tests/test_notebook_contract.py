"""The form of the lessons: what is stored is what a run gives, on every machine, and every reader gets all of it."""

import re
from getpass import getuser
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from workshop.bug import Bug, bug_names
from workshop.index import README, framed, lessons, with_tables
from workshop.scratch import NOTEBOOKS

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
SECTIONS = [
    *("Symptom", "Predict", "Reproduce", "Explain", "Fix, step by step", "Prove", "On your own"),
    *("Key points", "For trainers"),
]
ASIDE = "More traps"  # between proof and exercises, in a lesson that has any
# What would be different on the next machine or in the next run.
PRIVATE = {
    "an absolute path": r"(?<![\w.:/])/(?:home|root|Users|tmp|usr|opt|work|private|var)/",
    "a Windows path": r"\b[A-Z]:\\",
    "a port": r"(?:127\.0\.0\.1|localhost):\d+",
    "a date": r"\b20\d\d-\d\d-\d\d",
    "a time": r"\b\d\d:\d\d:\d\d",
    "an address in memory": r"\b0x[0-9a-f]{6,}",
    "a version of Python": r"\bpython3\.\d",
}


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def notebook(request):
    notebook = nbformat.read(request.param, as_version=4)
    nbformat.validate(notebook)
    return notebook


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def stored_text(notebook):
    """Yield every piece of text a reader finds in the outputs."""
    for cell in code_cells(notebook):
        for output in cell.outputs:
            yield output.get("text", "")
            yield from output.get("data", {}).values()
            yield "\n".join(output.get("traceback", []))


def test_every_cell_was_executed_in_order(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_an_error_is_stored_exactly_where_one_is_announced(notebook):
    """nbval lets a tagged cell without a stored error pass, whatever it does."""
    exception = notebook.metadata["workshop"]["exception"]
    for cell in code_cells(notebook):
        stored = [output.ename for output in cell.outputs if output.output_type == "error"]
        tagged = "raises-exception" in cell.metadata.get("tags", [])
        assert stored == ([exception] if tagged else []), cell.source


def test_expected_errors_are_stored(notebook):
    for cell in code_cells(notebook):
        expected = re.findall(r"with expect_error\((\w+)", cell.source)
        printed = "".join(output.get("text", "") for output in cell.outputs)
        assert re.findall(r"^(\w+): ", printed, re.M)[: len(expected)] == expected, cell.source


def test_cells_that_end_in_an_expression_have_an_output(notebook):
    """A stripped cell is never compared by nbval."""
    for cell in code_cells(notebook):
        last = cell.source.strip().splitlines()[-1]
        silent = re.match(r"\s|@|from |import |assert |[\w, ]+ = ", last)
        assert silent or cell.outputs, cell.source


@pytest.mark.parametrize("what", PRIVATE)
def test_outputs_hold_nothing_of_this_machine(notebook, what):
    for text in stored_text(notebook):
        found = re.search(PRIVATE[what], text)
        assert not found, f"{what}: {text[max(0, found.start() - 40) : found.end() + 40]}"
    assert len(getuser()) < 4 or not any(f"/{getuser()}/" in text for text in stored_text(notebook))


def test_no_magic_and_no_skip(notebook):
    """nbval skips the rest of a cell at a magic it does not know, and everything in a cell that says so."""
    for cell in code_cells(notebook):
        assert not re.search(r"^\s*[%!]|NBVAL_", cell.source, re.M), cell.source
        assert not any(tag.startswith("nbval-") for tag in cell.metadata.get("tags", [])), cell.source
        assert "execution" not in cell.metadata, "a timestamp is stored: run make notebooks"


def test_the_first_import_says_what_to_do_when_it_fails(notebook):
    """Run from another folder, the cell is red and shows this line."""
    first = next(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert re.match(r"from workshop import .+  # not found\? Open a lesson in notebooks/ or notebooks/mine/\n", first)


def test_sections_come_in_order(notebook):
    titles = re.findall(r"^## (.+)$", prose(notebook), re.M)
    if ASIDE in titles:
        assert titles[titles.index("Prove") + 1] == ASIDE
        titles.remove(ASIDE)
    assert titles == SECTIONS
    assert len(re.findall(r"^# ", re.sub(r"```.*?```", "", prose(notebook), flags=re.S), re.M)) == 1


def test_headings_skip_no_level(notebook):
    levels = [
        len(marks) for marks in re.findall(r"^(#+) ", re.sub(r"```.*?```", "", prose(notebook), flags=re.S), re.M)
    ]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_pictures_and_links_lead_somewhere(notebook):
    text = prose(notebook)
    for alternative, target in re.findall(r"!\[(.*?)\]\((.+?)\)", text):
        assert len(alternative) > 40
        assert (NOTEBOOKS / target).is_file()
    for title, target in re.findall(r"(?<!!)\[(.+?)\]\((.+?)\)", text):
        assert title.lower() not in {"here", "link", "this"}
        # A learner's copy has the lessons and the glossary beside it, and nothing else.
        assert target.startswith("https://") or ("/" not in target and (NOTEBOOKS / target).is_file()), target


def test_predictions_open_without_a_kernel(notebook):
    """Each answer is a disclosure of plain HTML, so it works in a printed page and for a screen reader."""
    predict = prose(notebook).partition("## Predict")[2].partition("\n## ")[0]
    assert letters(predict) == ["A", "B", "C"]
    # A blank line would end the HTML block: an exported page would show every answer at once.
    for disclosure in re.findall(r"<details>.*?</details>", prose(notebook), re.S):
        assert "\n\n" not in disclosure


def letters(text):
    """Return the letters of the answers to choose from."""
    return re.findall(r"<details><summary><b>(\w)</b> – .+?</summary>\n<p>.+?</p>\n</details>", text, re.S)


def test_the_place_of_an_answer_does_not_tell_that_it_is_right():
    """Each letter is right in a quarter of all predictions at least, so that nobody learns to leave one out."""
    texts = [prose(nbformat.read(path, as_version=4)) for path in PATHS]
    answers = [letter for text in texts for letter in re.findall(r"<b>(\w)</b> – .+?</summary>\n<p>Yes\b", text)]
    assert len(answers) > 5 * len(PATHS)
    assert min(answers.count(letter) for letter in "ABC") >= len(answers) / 4, sorted(answers)


def test_each_step_asks_before_it_shows(notebook):
    """A step begins with a question of its own; the last one, the repair, may come without."""
    steps = prose(notebook).partition("## Fix, step by step")[2].partition("\n## ")[0].split("\n### Step ")[1:]
    assert steps
    for step in steps[:-1]:
        assert letters(step)[:2] == ["A", "B"], step[:40]
        question = next(cell for cell in notebook.cells if f"### Step {step[:20]}" in cell.source)
        assert letters(question.source), "the question stands in the step's first cell, above what is run"


def test_a_lesson_says_what_it_is_for(notebook):
    assert "After this lesson you can\n\n- " in notebook.cells[0].source


def test_minutes_and_neighbours_are_todays(notebook):
    all_lessons = [None, *lessons(), None]
    here = next(n for n, each in enumerate(all_lessons) if each and each.id == notebook.metadata["workshop"]["id"])
    stored = nbformat.writes(notebook)
    framed(notebook, all_lessons[here - 1], all_lessons[here + 1])
    assert nbformat.writes(notebook) == stored, "run make notebooks"


def test_outputs_have_text_and_pictures_have_an_alternative(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if "data" in output:
                assert output.data.get("text/plain", "").strip()
            html = output.get("data", {}).get("text/html", "")
            assert html.count("<img ") == len(re.findall(r'<img [^>]*alt="[^"]{10,}"', html))


def test_nothing_is_left_to_fill_in(notebook):
    assert not re.findall(r"^.*TODO.*$", "\n".join(cell.source for cell in notebook.cells), re.M)


def test_metadata_is_true(notebook, request):
    lesson = next(lesson for lesson in lessons() if lesson.id == notebook.metadata["workshop"]["id"])
    assert lesson.file.startswith(f"{lesson.id}_")
    assert prose(notebook).startswith(f"# {lesson.id} · {lesson.title}\n\n*{lesson.minutes} minutes")
    assert set(lesson.prerequisites) <= {other.id for other in lessons()}
    assert set(lesson.bugs) <= set(bug_names())
    assert lesson.symptoms
    minutes = re.search(r"- Minutes: (.+?)\.", prose(notebook), re.S).group(1)
    assert sum(map(int, re.findall(r"(?<!exercise )\b\d+\b", minutes))) == lesson.minutes
    assert notebook.metadata["language_info"] == {"name": "python"}


def test_every_bug_has_its_lesson():
    assert {bug for lesson in lessons() for bug in lesson.bugs} == set(bug_names())
    for bug in bug_names():
        (own,) = [lesson for lesson in lessons() if lesson.bugs == [bug]]
        assert own.file == f"{Bug.load(bug).lesson}.ipynb"


def test_the_readme_has_todays_tables():
    text = README.read_text(encoding="utf-8")
    assert with_tables(text) == text, "run make notebooks"


def test_only_one_whole_traceback_in_the_kit():
    tracebacks = [path.stem for path in PATHS for text in stored_text(nbformat.read(path, 4)) if "Traceback" in text]
    assert tracebacks == ["00_start_here"]


@pytest.mark.parametrize("path", [*PATHS, Path(README)], ids=lambda path: path.stem)
def test_prose_is_calm(path):
    text = prose(nbformat.read(path, as_version=4)) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
    text = re.sub(r"<!--.*?-->|!\[|`[^`]*`", "", text, flags=re.S)
    assert "!" not in text
    assert not re.search(r"\b(simply|just|obviously|easy|easily)\b", text, re.I)
