"""Where each shape of the error is executed: demo_project/gallery/CATALOGUE.md, by python -m workshop.catalogue.

The names of the shapes stand in demo_project/gallery/catalogue.toml. All else is read from the programs, the lessons'
cells, the bugs and the checker's codes.
"""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import nbformat

from . import versions
from .bug import Bug, bug_names
from .gallery import GALLERY, Program, pairs
from .index import Lesson, lessons
from .scratch import NOTEBOOKS
from .tables import read_table

SERVES = "await lab.serve()"  # the first such cell of a lesson has the bug alone
TABLE = GALLERY / "CATALOGUE.md"
HEAD = (
    "| shape | lesson: cell | exercises | LinkUp's bugs | gallery | traps | checker | fails in {} | PostgreSQL only |",
    f"|{'---|' * 9}",
)
INTRODUCTION = """# The catalogue

Each way to raise `SynchronousOnlyOperation`, or what people run into beside it, and where it is executed: in which code
cells of the lessons, in which exercises and bugs of LinkUp, in how many shapes of the gallery, with which traps, and by
which code the checker names it. How many of the gallery's broken programs fail is told of the oldest Django and of the
newest, on SQLite; what shows on PostgreSQL only has a column of its own. `make notebooks` writes this page, and
`tests/test_catalogue.py` fails for a shape that is executed nowhere.
"""


@dataclass(frozen=True)
class Entry:
    """One shape of the catalogue; `trap` says what hides it, where there is such a thing.

    `no_control` says why no broken program of it gives, where no loop runs, what the fixed one gives.
    """

    number: int
    title: str
    trap: str = ""
    no_control: str = ""


@dataclass
class Executed:
    """Where one shape is executed."""

    pairs: dict[tuple[str, str], tuple[Program, ...]] = field(default_factory=dict)
    lessons: dict[str, list[int]] = field(default_factory=dict)  # file, and numbers of code cells
    exercises: list[tuple[str, int]] = field(default_factory=list)  # lesson's file, and number; 0 for the only one
    bugs: list[str] = field(default_factory=list)  # whose own fault, or one of their steps, it is

    @property
    def programs(self) -> list[Program]:
        """Its programs that are run."""
        return [program for some in self.pairs.values() for program in some if program.is_run]

    @property
    def controls(self) -> list[Program]:
        """Its broken programs whose control gives what the fixed one gives."""
        broken = [program for program in self.programs if program.kind == "broken"]
        return [program for program in broken if not program.differs and program.database == "sqlite"]

    @property
    def traps(self) -> list[Program]:
        """Those that hide it: they pass, or look repaired, or are hidden by SQLite."""
        return [
            program
            for program in self.programs
            if program.kind in ("trap", "partial") or (program.kind == "broken" and program.database == "postgresql")
        ]


@cache
def entries() -> tuple[Entry, ...]:
    """Return the catalogue, in order. Raises WorkshopError that names what is wrong in its file."""
    file = GALLERY / "catalogue.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(
        read_table(Entry, {"number": int(number), **about}, f"{file.name}, [{number}]")
        for number, about in table.items()
    )


def executed() -> dict[int, Executed]:
    """Return where each shape is executed, by its number."""
    found = {entry.number: Executed() for entry in entries()}
    named: dict[str, set[int]] = defaultdict(set)
    for (path, about), some in pairs().items():
        for number in some[0].catalogue:
            found[number].pairs[path, about] = some
            named[f"{path.removesuffix('.py')}/{about}"].add(number)
    for lesson in lessons():
        _in_cells(found, lesson, named)
    for name in bug_names():
        bug = Bug.load(name)
        for number in sorted({*bug.catalogue, *(each for step in bug.steps for each in step.catalogue)}):
            found[number].bugs.append(name)
        for count, exercise in enumerate(bug.exercises, 1):
            for number in exercise.catalogue:
                found[number].exercises.append((f"{bug.lesson}.ipynb", count))
    return found


def _in_cells(found: dict[int, Executed], lesson: Lesson, named: Mapping[str, set[int]]) -> None:
    """Add the cells of a lesson: those of its metadata, of the gallery, and those that bring a bug or a step of it."""
    cells = [c for c in nbformat.read(NOTEBOOKS / lesson.file, as_version=4).cells if c.cell_type == "code"]
    steps = {step.name: step.catalogue for name in lesson.bugs for step in Bug.load(name).steps}
    first = next((cell.id for cell in cells if SERVES in cell.source), None)
    for count, cell in enumerate(cells, 1):
        own = lesson.catalogue.get(cell.id, [])
        if "exercise" in cell.metadata.get("tags", ()):
            for number in own:
                found[number].exercises.append((lesson.file, 0))
            continue
        numbers = {*own, *(number for name in named if is_run(name, cell.source) for number in named[name])}
        numbers.update(*(steps[name] for name in steps if f'lab.apply("{name}"' in cell.source))
        if cell.id == first:
            numbers.update(*(Bug.load(name).catalogue for name in lesson.bugs))
        for number in sorted(numbers):
            found[number].lessons.setdefault(lesson.file, []).append(count)


def is_run(name: str, cell: str) -> bool:
    """Tell whether a cell names a shape: Shape("file/shape"), or Shape(f"file/{name}") and "shape"."""
    file, _slash, about = name.partition("/")
    return f'"{name}"' in cell or (f'"{file}/{{' in cell and f'"{about}"' in cell)


def row(entry: Entry, where: Executed) -> str:
    """Return the row of one shape."""
    files = dict.fromkeys(path for path, _about in where.pairs)
    codes = sorted({code for some in where.pairs.values() for code in some[0].codes})
    exercises: dict[str, list[int]] = defaultdict(list)
    for file, number in where.exercises:
        exercises[file] += [number] if number else []
    cells = [
        f"{entry.number}. {entry.title}",
        *map(_in_lessons, (where.lessons, exercises)),
        ", ".join(f"[{name[:2]}](../bugs/{name}/bug.toml)" for name in where.bugs),
        f"{len(where.pairs)} in {', '.join(f'[{file}]({file})' for file in files)}" if files else "",
        f"{entry.trap} ({len(where.traps)})" if entry.trap else "",
        ", ".join(codes),
        versions.cell(where.programs),
        ", ".join(
            program.about for program in where.programs if program.kind == "broken" and program.database == "postgresql"
        ),
    ]
    return f"| {' | '.join(cell or '–' for cell in cells)} |"


def _in_lessons(numbers: Mapping[str, list[int]]) -> str:
    """Return links to lessons, each with numbers of what is meant there."""
    links = {file: f"[{file[:2]}](../../notebooks/{file})" for file in sorted(numbers)}
    return "; ".join(
        link + (f": {', '.join(map(str, numbers[file]))}" if numbers[file] else "") for file, link in links.items()
    )


def table() -> str:
    """Return the page."""
    where = executed()
    heads = HEAD[0].format(" / ".join(versions.series(each.django) for each in versions.ends())), HEAD[1]
    rows = [row(entry, where[entry.number]) for entry in entries()]
    return "\n".join([INTRODUCTION, *heads, *rows, "", versions.section(), ""])


def main() -> None:
    """Write it."""
    TABLE.write_text(table(), encoding="utf-8")


if __name__ == "__main__":
    main()
