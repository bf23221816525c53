"""What a bug's folder says of it: demo_project/bugs/<id>_<slug>/bug.toml, its patches and its reproduce.py.

Each key of bug.toml is a field of a class here; `make new-bug` writes one with every key explained.
"""

import os
import runpy
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from .errors import WorkshopError
from .scratch import PROJECT
from .tables import read_table

# WORKSHOP_BUGS: another folder of bugs, whose patches are tried before they replace these.
BUGS = Path(os.environ.get("WORKSHOP_BUGS") or PROJECT / "bugs")
SCRIPTS = ["apply_migration.py", "test_async_fix_simple.py", "test_message_creation_fix.py"]


@dataclass(frozen=True)
class Place:
    """A line of the program, by its text: numbers move with every edit."""

    file: str
    function: str
    line: str


@dataclass(frozen=True)
class ServerError:
    """The error in the server's log: exception, message, and the program's innermost frame if there is one.

    `repair` is the deepest line of async code, where it is another one: the work is moved to a thread there.
    `called_by` is the library's async function, where none of the program's own is in the traceback.
    """

    exception: str
    message: str
    file: str = ""
    function: str = ""
    line: str = ""
    repair: Place | None = None
    called_by: str = ""

    @property
    def to_repair(self) -> Place:
        """The line to repair."""
        return self.repair or Place(self.file, self.function, self.line)


@dataclass(frozen=True)
class Fault:
    """One more function that the bug breaks: an action of reproduce.py that reaches it, and what comes of it."""

    action: str
    error: ServerError
    broken: Any
    shipped: Any


@dataclass(frozen=True)
class Cost:
    """What a step costs although it passes: an action of reproduce.py, and its result with the step and as shipped."""

    action: str
    seen: Any
    shipped: Any


@dataclass(frozen=True)
class Step:
    """A change of the broken program that is not the shipped text, and what comes of it.

    A trap seems to work and has a cost, "guard off" is the trap that switches Django's guard off, a repair is another
    right way, as good as the shipped one.
    """

    name: str
    kind: Literal["partial", "trap", "guard off", "accident", "repair"]
    outcome: Literal["fails", "passes", "does not start"]
    error: ServerError | None = None
    client: Any = None
    cost: Cost | None = None
    unseen_in_source: str = ""
    catalogue: list[int] = field(default_factory=list)  # shapes that it is

    def __post_init__(self) -> None:
        if (self.outcome == "passes") != (self.error is None):
            raise ValueError("an error is declared exactly when it does not pass")
        if (self.outcome == "passes" and self.kind != "repair") != (self.cost is not None):
            raise ValueError("what passes and is no repair has a cost, and nothing else has")
        if self.kind == "repair" and self.outcome != "passes":
            raise ValueError("a repair passes")


@dataclass(frozen=True)
class Exercise:
    """A second place with the bug's shape: its patch breaks the shipped program, and the shipped text solves it.

    The most queries and hops to another thread that a solution may need are those of `function`, all calls together.
    """

    patch: str
    file: str
    function: str
    hints: list[str]
    explanation: str
    solved: Any
    error: ServerError | None = None  # where nothing is raised, what comes out is wrong
    max_queries: int | None = None
    max_hops: int | None = None
    catalogue: list[int] = field(default_factory=list)  # shapes that it is


@dataclass(frozen=True)
class Bug:
    """One bug: the way from the shipped program to the broken one, and what shows it."""

    home: Path
    title: str
    lesson: str
    source: str
    error: ServerError
    shipped: Any
    broken: Any
    scripts: list[str]
    no_script: str = ""
    control: Any = None
    no_control: str = ""
    unseen_in_source: str = ""
    catalogue: list[int] = field(default_factory=list)  # shapes that it is, beside those of its steps and exercises
    faults: list[Fault] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    exercises: list[Exercise] = field(default_factory=list)

    def __post_init__(self) -> None:
        if unknown := set(self.scripts) - set(SCRIPTS):
            raise ValueError(f"scripts: there is no {', '.join(sorted(unknown))}")
        if bool(self.scripts) == bool(self.no_script):
            raise ValueError("scripts names those that turn red; without any, no_script gives the reason")
        if (self.control is None) != bool(self.no_control):
            raise ValueError("control is what control.py prints; without one, no_control gives the reason")

    @classmethod
    def load(cls, name: str, complete: bool = True) -> "Bug":
        """Read one bug's folder. Raises WorkshopError with the file, and what is missing or wrong in it.

        While its patches are being written, it is not `complete`.
        """
        home = BUGS / str(name)
        file = home / "bug.toml"
        if not file.is_file():
            raise WorkshopError(f"There is no bug {name!r}. There are: {', '.join(bug_names())}")
        try:
            about = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise WorkshopError(f"{name}/bug.toml cannot be read: {error}") from error
        bug = read_table(cls, about | {"home": home}, f"{name}/bug.toml")
        missing = [patch.name for patch in bug.patches if not patch.is_file()]
        if missing and complete:
            raise WorkshopError(
                f"{name}/{missing[0]} is missing, and bug.toml names it. Write it: "
                f"make patch NAME={name}/{missing[0].removesuffix('.patch')}"
            )
        return bug

    @property
    def patch(self) -> Path:
        """The patch that puts the bug into the shipped program."""
        return self.home / "bug.patch"

    @property
    def patches(self) -> list[Path]:
        """All patches: the bug's own, those of its steps, and those of its exercises."""
        names = [*(step.name for step in self.steps), *(exercise.patch for exercise in self.exercises)]
        return [self.patch, *(self.home / f"{name}.patch" for name in names)]

    @property
    def errors(self) -> list[tuple[str, ServerError]]:
        """Each action that fails in the broken program, and its error."""
        return [("reproduce", self.error), *((fault.action, fault.error) for fault in self.faults)]

    def step(self, name: str) -> Step:
        """Return one step. Raises WorkshopError when there is none of that name."""
        for step in self.steps:
            if step.name == name:
                return step
        raise WorkshopError(f"There is no step {name!r}. There are: {', '.join(step.name for step in self.steps)}")

    def action(self, name: str) -> Any:
        """Return a coroutine function of reproduce.py: reproduce, control, one of a cost, and exercise_1 onwards.

        Raises WorkshopError when there is none of that name.
        """
        file = self.home / "reproduce.py"
        if not file.is_file():
            raise WorkshopError(f"{self.home.name}/reproduce.py is missing.")
        actions = runpy.run_path(str(file))
        if name not in actions:
            raise WorkshopError(f"{self.home.name}/reproduce.py has no function {name}(site).")
        return actions[name]


def bug_names() -> list[str]:
    """Return the names of all bugs, in order."""
    return sorted(path.parent.name for path in BUGS.glob("*/bug.toml"))
