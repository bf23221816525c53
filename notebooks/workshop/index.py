"""What follows from the lessons, written where it stands: python -m workshop.index.

The README's lesson table and symptom index, each lesson's minutes, and the line in it that leads to its neighbours.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from .scratch import NOTEBOOKS
from .tables import read_table

README = NOTEBOOKS.parent / "README.md"
WORDS, LINES, CELLS = 180, 25, 4  # a minute: read prose, read code and outputs, run cells
# Minutes of one: with these the count comes to what readers who were new to a lesson say that it takes.
EXERCISE, PREDICTION = 10, 1
LONG = 40  # lines of an output; what is longer is skimmed


@dataclass(frozen=True)
class Lesson:
    """What a notebook says of itself in its metadata under "workshop"."""

    id: str
    title: str
    minutes: int
    prerequisites: list[str]
    exception: str
    bugs: list[str]
    django: list[str]
    symptoms: list[str]
    file: str
    catalogue: dict[str, list[int]] = field(
        default_factory=dict
    )  # by a cell's id: what it executes without the gallery


def lessons() -> list[Lesson]:
    """Return all lessons in order. Raises WorkshopError for a notebook whose metadata has too little or too much."""
    return [
        read_table(
            Lesson,
            {**nbformat.read(path, as_version=4).metadata.get("workshop", {}), "file": path.name},
            f"notebooks/{path.name}, metadata under workshop",
        )
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
    ]


def minutes_of(notebook: nbformat.NotebookNode) -> int:
    """Return how long a lesson takes, in steps of five minutes, by what there is to read, to run and to do."""
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    words = len(re.findall(r"\w+", re.sub(r"<[^>]*>", "", prose.partition("\n## For trainers")[0])))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    lines = sum(len(cell.source.splitlines()) for cell in code)
    for output in (output for cell in code for output in cell.outputs):
        shown = output.get("text") or output.get("data", {}).get("text/plain", "")
        lines += min(len(shown.splitlines()), LONG)
    doing = EXERCISE * max(1, len(re.findall(r"^### Exercise", prose, re.M)))
    doing += PREDICTION * prose.count("<details><summary><b>A</b>")
    return 5 * round((words / WORDS + lines / LINES + len(code) / CELLS + doing) / 5)


def lesson_table(all_lessons: list[Lesson]) -> str:
    """Return one row a lesson."""
    rows = ["| lesson | minutes | needs | bug |", "|---|---|---|---|"]
    for lesson in all_lessons:
        link = f"[{lesson.id} · {lesson.title}](notebooks/{lesson.file})"
        bugs = ", ".join(f"[{bug}](demo_project/bugs/{bug}/bug.toml)" for bug in lesson.bugs) or "–"
        rows.append(f"| {link} | {lesson.minutes} | {', '.join(lesson.prerequisites) or '–'} | {bugs} |")
    return "\n".join(rows)


def symptom_index(all_lessons: list[Lesson]) -> str:
    """Return one row a symptom."""
    rows = ["| what you see | lesson |", "|---|---|"]
    for lesson in all_lessons:
        rows += [f"| {symptom} | [{lesson.id}](notebooks/{lesson.file}) |" for symptom in lesson.symptoms]
    return "\n".join(rows)


def with_tables(readme: str) -> str:
    """Return the README's text with both tables up to date. Raises ValueError when a place for one is missing."""
    for name, table in [("lessons", lesson_table(lessons())), ("symptoms", symptom_index(lessons()))]:
        start, end = f"<!-- {name}: make notebooks -->", f"<!-- end of {name} -->"
        if start not in readme or end not in readme:
            raise ValueError(f"README.md has no {start} … {end}")
        before, _, rest = readme.partition(start)
        readme = f"{before}{start}\n{table}\n{end}{rest.partition(end)[2]}"
    return readme


def framed(notebook: nbformat.NotebookNode, before: Lesson | None, after: Lesson | None) -> None:
    """Write minutes and neighbours into a lesson. Raises ValueError when its first cell has no place for them."""
    first, minutes = notebook.cells[0], minutes_of(notebook)
    ways = [f"{word}: [{to.id} · {to.title}]({to.file})" for word, to in [("back", before), ("next", after)] if to]
    ways.insert(1 if before else 0, "[glossary](glossary.md)")
    line = " · ".join(ways)
    for pattern, text in [
        (r"^\*\d+ minutes", f"*{minutes} minutes"),
        (r"^.*\(glossary\.md\).*$", line[0].upper() + line[1:]),
    ]:
        if not re.search(pattern, first.source, re.M):
            lesson = notebook.metadata["workshop"]["id"]
            raise ValueError(f"The first cell of lesson {lesson} has no line like {pattern}")
        first.source = re.sub(pattern, text, first.source, count=1, flags=re.M)
    notebook.metadata["workshop"]["minutes"] = minutes


def frame_all() -> None:
    """Write minutes and neighbours into all lessons, and touch none that has them."""
    found = lessons()
    for before, lesson, after in zip([None, *found], found, [*found[1:], None], strict=False):
        path = NOTEBOOKS / lesson.file
        notebook = nbformat.read(path, as_version=4)
        text = nbformat.writes(notebook)
        framed(notebook, before, after)
        if nbformat.writes(notebook) != text:
            nbformat.write(notebook, path)


def main(readme: Path = README) -> None:
    """Write it all."""
    frame_all()
    readme.write_text(with_tables(readme.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
