"""The README's lesson table and symptom index, made from the notebooks' own metadata: python -m workshop.index."""

from dataclasses import dataclass
from pathlib import Path

import nbformat

from .scratch import NOTEBOOKS
from .tables import read_table

README = NOTEBOOKS.parent / "README.md"


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


def main(readme: Path = README) -> None:
    """Write the tables into the README."""
    readme.write_text(with_tables(readme.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
