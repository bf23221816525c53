"""One shape of the gallery in a cell: its source, what becomes of it, its repair, and a learner's own attempt.

shape = Shape("lazy_relation/only_its_key")
"""

import difflib
import inspect
import re
import textwrap
from collections.abc import Callable
from html import escape
from typing import Any

from .calls import Calls, left_open
from .errors import WorkshopError
from .failure import Failure
from .gallery import EXPECT, GALLERY, Program, pairs
from .runner import postgresql, runner
from .show import Diff, Shown, Source

CONTROL = "control"
Edit = str | Callable[..., Any]
NEVER_AWAITED = "a coroutine was never awaited, so what it should do was not done"


class Unfinished(WorkshopError):
    """A program has not come to its end."""


class Ran(Shown):
    """What became of a program: its error or its result, and each of its database calls."""

    def __init__(self, events: list[dict[str, Any]], about: str = "") -> None:
        """Take the events of `workshop.runner`. Raises Unfinished for a program that came to no end."""
        last = next((event for event in events if event["event"] in ("ended", "overdue")), None)
        if last is None:
            raise Unfinished("The program has ended its own process, so nothing is known of it.")
        if last["event"] == "overdue":
            raise Unfinished(f"After {last['limit']:.0f} seconds the program has not come to an end.")
        names = [event["event"] for event in events]
        measured = events[: names.index("measured") if "measured" in names else None]
        self.about = about
        self.failure = Failure(last["failure"]) if last["failure"] else None
        self.calls = Calls([event for event in measured if event["event"] == "call"])
        self.queries = sum(bool(event["event"] == "call" and event["sql"]) for event in measured)
        self.hops = names.count("hop")
        self.on_the_loop = any(event["event"] == "call" and event["loop"] for event in measured)
        self.blocked_by = next((event["waits"] for event in measured if event["event"] == "stall"), None)
        self.connections = left_open(measured)
        self.returned: Any = last["returned"]
        self.printed: str = last["printed"]
        self.rows: list[str] = last["rows"]
        self.never_awaited: bool = last["never_awaited"]

    @property
    def result(self) -> tuple[Any, str, list[str]]:
        """What it returned and printed, and what is in the database after it."""
        return self.returned, self.printed, self.rows

    def lines(self) -> list[str]:
        """Return what it gave, where it has not failed, and what others pay for it."""
        lines = [self.about] * bool(self.about) + [f"It warns: {NEVER_AWAITED}."] * self.never_awaited
        if self.failure is None:
            lines += [f"It prints: {line}" for line in self.printed.splitlines()]
            lines += [f"It returns: {self.returned!r}"] * (self.returned is not None or not self.printed)
        lines += [f"It holds up the event loop while it waits for {self.blocked_by}."] * bool(self.blocked_by)
        lines += [f"Database connections it leaves open: {self.connections}."] * bool(self.connections)
        return lines

    def text(self) -> str:
        """Return failure or result, and the table of calls below it."""
        told = [self.failure.text()] if self.failure else []
        table = [self.calls.text()] if self.calls.rows else ["It asks the database nothing."]
        return "\n".join([*self.lines(), *told, "", *table])

    def html(self) -> str:
        """Return the same with the picture of the threads."""
        told = self.failure.html() if self.failure else ""
        table = self.calls.html() if self.calls.rows else "<p>It asks the database nothing.</p>"
        return "".join([*(f"<p>{escape(line)}</p>" for line in self.lines()), told, table])


class Shape:
    """A pair of programs, broken and fixed, and what stands beside them."""

    def __init__(self, name: str) -> None:
        """Take file and pair: "lazy_relation/only_its_key". Raises WorkshopError when there is none."""
        file, _slash, about = name.rpartition("/")
        self.name = name
        self.path = f"{file}.py"
        self.programs = {
            program.name.lower().replace(f"_{about}", "", 1): program for program in pairs().get((self.path, about), ())
        }
        if not self.programs:
            near = difflib.get_close_matches(name, [f"{path.removesuffix('.py')}/{pair}" for path, pair in pairs()])
            raise WorkshopError(
                " ".join([f"The gallery has no {name!r}.", *(f"There is: {each}." for each in near[:1])])
            )

    def source(self, which: str = "broken") -> Source:
        """Return a program as it stands in the gallery: shape.source("fixed")."""
        return Source(self.path, self._text(), self._program(which).name)

    def show(self, function: str | None = None, file: str = "") -> Source:
        """Show what the programs use: shape.show("beside"), or shape.show(file="shop/bestsellers.py").

        Raises WorkshopError when there is none.
        """
        file = file or self.path
        try:
            return Source(file, (GALLERY / file).read_text(encoding="utf-8"), function)
        except (OSError, ValueError) as error:
            raise WorkshopError(f"The gallery has no {' in '.join(filter(None, [function, file]))}.") from error

    def diff(self, before: str = "broken", after: str = "fixed") -> Diff:
        """Return what has to be changed for it to be right: shape.diff(), or shape.diff("trap", "fixed")."""
        old, new = (self._lines(which) for which in (before, after))
        lines = difflib.unified_diff(old, new, f"a/{self.path}", f"b/{self.path}", n=9, lineterm="")
        return Diff("\n".join(line for line in lines if not line.startswith("@@")))

    async def run(self, which: Edit = "broken") -> Ran:
        """Run a program in a process of its own, and return what became of it: await shape.run("control").

        There are "broken", "fixed" and what else stands beside them, "control", and a text or function of yours.

        The control is the broken program where no event loop runs. Raises WorkshopError when PostgreSQL is needed.
        """
        return Ran(await self._events(which))

    async def check(self, edit: Edit) -> str:
        """Say whether your own version is right, a function or a text: await shape.check(mine).

        It must pass, and give what the fixed one gives, with other rows in the database too.
        """
        for other in (False, True):
            fixed = Ran(await self._events("fixed", other=other))
            try:
                ran = Ran(await self._events(edit, other=other))
            except Unfinished as error:
                return f"Not yet: {error}"
            if wrong := what_is_wrong(ran, fixed, self._too_much(fixed)):
                return f"Not yet: {'with other rows in the database, ' * other}{wrong}"
        return "Solved."

    def _too_much(self, fixed: "Ran") -> dict[str, int]:
        """Return from how many queries on an answer asks too much: what a trap costs, or one for each of two rows."""
        costs = [program.costs for program in self.programs.values() if program.kind == "trap"]
        limits = {name: min(each[name] for each in costs if name in each) for name in costs[0]} if costs else {}
        return {"queries": fixed.queries + 2} | {name: limits[name] for name in ("queries", "hops") if name in limits}

    async def _events(self, which: Edit, **wanted: Any) -> list[dict[str, Any]]:
        if isinstance(which, str) and which in (CONTROL, *self.programs):
            program = self._program("broken" if which == CONTROL else which)
            wanted |= {"name": program.name, "way": CONTROL if which == CONTROL else "run"}
        else:
            program = self._program("broken")
            wanted |= {"source": source_of(which), "way": "run"}
        url = postgresql() if program.database == "postgresql" else ""
        if program.database == "postgresql" and not url:
            raise WorkshopError(
                f"SQLite hides what {self.name} is about. It runs where LINKUP_DATABASE_URL names a PostgreSQL."
            )
        return await runner(url).run(file=self.path, runner=program.runner, rows=True, **wanted)

    def _program(self, which: str) -> Program:
        if which not in self.programs:
            raise WorkshopError(f"{self.name} has no {which!r}. There are: {', '.join([*self.programs, CONTROL])}.")
        return self.programs[which]

    def _text(self) -> str:
        return (GALLERY / self.path).read_text(encoding="utf-8")

    def _lines(self, which: str) -> list[str]:
        """Return a program's lines under a name that says nothing of which it is."""
        program = self._program(which)
        lines = [line for _number, line in self.source(which).lines if not line.startswith(("@shape(", "@costs("))]
        return [EXPECT.sub("", line.replace(program.name, program.about, 1)).rstrip() for line in lines]


def source_of(edit: Edit) -> str:
    """Return the text of a learner's function, or the text itself. Raises WorkshopError when there is no function."""
    if not isinstance(edit, str):
        try:
            edit = inspect.getsource(edit)
        except (OSError, TypeError) as error:
            raise WorkshopError("Hand over the function itself, without brackets, or its text.") from error
    text = textwrap.dedent(edit)
    if not re.search(r"^(async )?def ", text, re.M):
        raise WorkshopError("There is no function in this text; the last one in it would be run.")
    return text


def what_is_wrong(ran: Ran, fixed: Ran, too_much: dict[str, int]) -> str:
    """Return what a learner's run lacks beside that of the fixed program, or nothing."""
    if ran.failure:
        return ran.failure.summary()
    if ran.never_awaited:
        return f"{NEVER_AWAITED}."
    if ran.on_the_loop:
        return "a database call runs on the event loop, where everybody else waits for it."
    if ran.blocked_by and not fixed.blocked_by:
        return f"the event loop stands still while it waits for {ran.blocked_by}, and so does everybody else."
    if ran.connections > fixed.connections:
        return "it leaves a database connection open, in a thread that nobody looks after."
    if ran.result != fixed.result:
        for name, given, right in zip(("returns", "prints"), ran.result, fixed.result, strict=False):
            if given != right:
                return f"it {name} {given!r}, and the fixed one {right!r}."
        return "it leaves other rows in the database than the fixed one."
    for name, limit in too_much.items():
        if (given := getattr(ran, name)) >= limit:
            return f"it makes {given} {name}, and the fixed one {getattr(fixed, name)}."
    return ""
