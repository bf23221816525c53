"""Does it still happen? What each Django since 5.2 makes of the gallery's programs, as versions.json tells.

`make versions` writes that file. It has what is unlike the gallery's own words: a program that fails where it should
pass or the other way round, and a function of Django's that refuses, where that is another one than `cursor`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .errors import WorkshopError
from .gallery import GALLERY, Program, programs
from .tables import read_table

FILE = GALLERY / "versions.json"
PASSES = "passes"
GUARDED = "SynchronousOnlyOperation at {}"
HEAD = ("| Django | Python | programs | elsewhere | no longer | fails now |", f"|{'---|' * 6}")
INTRODUCTION = """## Does it still happen?

What each Django since {first} makes of the gallery's programs, as far as SQLite serves them, beside {first}.
*Elsewhere*: another error, or another function of Django's that refuses. *No longer*: it failed, and passes now.
*Fails now*: it passed before. `make versions` tries all anew, and the newest there is, pre-releases too; `make versions
DJANGO=7.0a1` tries one.
"""


@dataclass(frozen=True)
class Tried:
    """One Django, the Python it ran on, how many programs it ran, and the outcomes that the gallery does not say."""

    django: str
    python: str
    programs: int
    unlike: dict[str, str]

    def gives(self, program: Program) -> str:
        """Return the outcome of a program."""
        return self.unlike.get(str(program), declared(program))


def series(version: str) -> str:
    """Return the series of a version: 6.0 of 6.0.10, and 6.2 of 6.2a1."""
    return ".".join(version.split(".")[:2]).partition("a")[0].partition("b")[0].partition("rc")[0]


def tried_on_sqlite() -> list[Program]:
    """Return the programs that are tried."""
    return [program for program in programs() if program.is_run and program.database == "sqlite"]


def declared(program: Program) -> str:
    """Return the outcome that a program's name and file declare."""
    if program.kind in ("fixed", "trap"):
        return PASSES
    return program.raises or GUARDED.format("cursor")


def told(outcome: Mapping[str, Any]) -> str:
    """Return in a few words what became of a program: that it passes, or its error, and what Django's guard refused."""
    if outcome["event"] != "ended":
        return "does not end"
    if outcome["guard"]:
        return GUARDED.format(outcome["guard"].rpartition(".")[2])
    return str(outcome["error"] or ("never awaited" if outcome["never_awaited"] else PASSES))


def unlike(outcomes: Mapping[str, str]) -> dict[str, str]:
    """Return those of some outcomes, by program, that the gallery does not say."""
    said = {str(program): declared(program) for program in tried_on_sqlite()}
    return {name: outcome for name, outcome in sorted(outcomes.items()) if outcome != said[name]}


def read() -> dict[str, Tried]:
    """Return what is known of each series, the oldest first. Raises WorkshopError that names what is wrong."""
    try:
        found = json.loads(FILE.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise WorkshopError(f"{FILE.name} is no JSON ({error}). Write it anew: make versions") from None
    return {name: read_table(Tried, about, f"{FILE.name}, {name}") for name, about in found.items()}


def write(tried: Iterable[Tried]) -> None:
    """Store what is known, the oldest series first."""
    some = {series(each.django): asdict(each) for each in sorted(tried, key=lambda each: number(each.django))}
    FILE.write_text(json.dumps(some, indent=1) + "\n", encoding="utf-8")


def number(version: str) -> tuple[int, ...]:
    """Return a series as numbers, to put several in order."""
    return tuple(map(int, series(version).split(".")))


def changes(before: Tried, after: Tried, some: Iterable[Program]) -> dict[str, list[Program]]:
    """Return the programs that two versions treat differently, by what became of them."""
    found: dict[str, list[Program]] = {"elsewhere": [], "no longer": [], "fails now": []}
    for program in some:
        was, now = before.gives(program), after.gives(program)
        if was != now:
            found["fails now" if was == PASSES else "no longer" if now == PASSES else "elsewhere"].append(program)
    return found


def ends() -> tuple[Tried, Tried]:
    """Return the oldest and the newest version."""
    first, *_, last = read().values()
    return first, last


def cell(some: Iterable[Program]) -> str:
    """Return how many broken programs fail in the oldest version and in the newest, and what has changed."""
    broken = [program for program in some if program.kind == "broken" and program.database == "sqlite"]
    if not broken:
        return ""
    first, last = ends()
    counts = [str(sum(each.gives(program) != PASSES for program in broken)) for each in (first, last)]
    found = changes(first, last, broken).items()
    return ", ".join([" / ".join(counts), *(f"{what}: {_names(which)}" for what, which in found if which)])


def section() -> str:
    """Return a table of the differences, a version a row."""
    first, *others = read().values()
    rows = [f"| {first.django} | {first.python} | {first.programs} |{' – |' * 3}"]
    for each in others:
        found = changes(first, each, tried_on_sqlite()).values()
        cells = ["; ".join(_told(first, each, which)) or "–" for which in found]
        rows.append(f"| {' | '.join([each.django, each.python, str(each.programs), *cells])} |")
    return "\n".join([INTRODUCTION.format(first=series(first.django)), *HEAD, *rows])


def _told(first: Tried, each: Tried, some: Iterable[Program]) -> Iterator[str]:
    for program in some:
        was, now = (outcome.rpartition(" ")[2] for outcome in (first.gives(program), each.gives(program)))
        yield f"{program.key[0]}/{program.name} ({now}, was {was})"


def _names(some: Iterable[Program]) -> str:
    return " ".join(program.about for program in some)
