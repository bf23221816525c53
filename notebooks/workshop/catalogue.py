"""Where each shape of the error is executed: demo_project/gallery/CATALOGUE.md, by python -m workshop.catalogue.

The names of the shapes stand in demo_project/gallery/catalogue.toml. All else is read from the programs, the lessons'
cells, the bugs and the checker's codes.
"""

import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

import nbformat

from .bug import Bug, bug_names
from .gallery import GALLERY, Program, pairs
from .index import lessons
from .scratch import NOTEBOOKS
from .tables import read_table

TABLE = GALLERY / "CATALOGUE.md"
HEAD = ("| shape | lessons | LinkUp | gallery | traps | checker | runs on |", f"|{'---|' * 7}")
INTRODUCTION = """# The catalogue

Each way to raise `SynchronousOnlyOperation`, or what people run into beside it, and where it is executed: in which
lessons, in which of LinkUp's bugs and exercises, in how many shapes of the gallery, with which traps, and by which code
the checker names it. `make notebooks` writes this table, and `tests/test_catalogue.py` fails for a shape that is
executed nowhere.
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
    bugs: list[str] = field(default_factory=list)

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
    numbers = defaultdict(set)
    for (path, about), some in pairs().items():
        for number in some[0].catalogue:
            found[number].pairs[path, about] = some
            numbers[f"{path.removesuffix('.py')}/{about}"].add(number)
    for lesson in lessons():
        for number in lesson.catalogue:
            found[number].lessons.setdefault(lesson.file, [])
        cells = nbformat.read(NOTEBOOKS / lesson.file, as_version=4).cells
        for count, cell in enumerate((cell for cell in cells if cell.cell_type == "code"), 1):
            for number in sorted({number for name in numbers if is_run(name, cell.source) for number in numbers[name]}):
                found[number].lessons.setdefault(lesson.file, []).append(count)
    for name in bug_names():
        bug = Bug.load(name)
        for number in bug.catalogue:
            found[number].bugs.append(name)
            found[number].lessons.setdefault(f"{bug.lesson}.ipynb", [])
    return found


def is_run(name: str, cell: str) -> bool:
    """Tell whether a cell names a shape: Shape("file/shape"), or Shape(f"file/{name}") and "shape"."""
    file, _slash, about = name.partition("/")
    return f'"{name}"' in cell or (f'"{file}/{{' in cell and f'"{about}"' in cell)


def row(entry: Entry, where: Executed) -> str:
    """Return the row of one shape."""
    files = dict.fromkeys(path for path, _about in where.pairs)
    codes = sorted({code for some in where.pairs.values() for code in some[0].codes})
    shown = [
        f"[{file[:2]}](../../notebooks/{file})" + (f" (cell {', '.join(map(str, cells))})" if cells else "")
        for file, cells in sorted(where.lessons.items())
    ]
    cells = [
        f"{entry.number}. {entry.title}",
        ", ".join(shown),
        ", ".join(f"[{name[:2]}](../bugs/{name}/bug.toml)" for name in where.bugs),
        f"{len(where.pairs)} in {', '.join(f'[{file}]({file})' for file in files)}" if files else "",
        f"{entry.trap} ({len(where.traps)})" if entry.trap else "",
        ", ".join(codes),
        "PostgreSQL" if any(program.database == "postgresql" for program in where.programs) else "",
    ]
    return f"| {' | '.join(cell or '–' for cell in cells)} |"


def table() -> str:
    """Return the page."""
    where = executed()
    return "\n".join([INTRODUCTION, *HEAD, *(row(entry, where[entry.number]) for entry in entries()), ""])


def main() -> None:
    """Write it."""
    TABLE.write_text(table(), encoding="utf-8")


if __name__ == "__main__":
    main()
