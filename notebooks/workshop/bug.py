"""What a bug's folder says of it: demo_project/bugs/<id>_<slug>/bug.toml, its patches and its reproduce.py."""

import os
import runpy
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from .errors import WorkshopError
from .scratch import PROJECT

# WORKSHOP_BUGS: another folder of bugs, whose patches are tried before they replace these.
BUGS = Path(os.environ.get("WORKSHOP_BUGS") or PROJECT / "bugs")


@dataclass(frozen=True)
class ServerError:
    """The error in the server's log: exception and message, and the program's innermost frame if there is one."""

    exception: str
    message: str
    file: str = ""
    function: str = ""
    line: str = ""


@dataclass(frozen=True)
class Cost:
    """What a step costs although it passes: an action of reproduce.py, and its result with the step and as shipped."""

    action: str
    seen: Any
    shipped: Any


@dataclass(frozen=True)
class Step:
    """A change of the broken program that is not the fix, and what comes of it."""

    name: str
    kind: Literal["partial", "trap", "accident"]
    outcome: Literal["fails", "passes", "does not start"]
    error: ServerError | None = None
    client: Any = None
    cost: Cost | None = None

    def __post_init__(self) -> None:
        if (self.outcome == "passes") != (self.error is None):
            raise ValueError(f"step {self.name}: an error is declared exactly when it does not pass")
        if (self.outcome == "passes") != (self.cost is not None):
            raise ValueError(f"step {self.name}: what passes and is not the fix has a cost, and nothing else has")


@dataclass(frozen=True)
class Exercise:
    """A second place with the bug's shape: its patch breaks the shipped program, and the shipped text solves it."""

    patch: str
    file: str
    function: str
    hints: list[str]
    explanation: str
    solved: Any
    error: ServerError | None = None  # where nothing is raised, what comes out is wrong


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
    control: Any = None
    no_control: str = ""
    steps: list[Step] = field(default_factory=list)
    exercises: list[Exercise] = field(default_factory=list)

    @classmethod
    def load(cls, name: str) -> "Bug":
        """Read one bug's folder. Raises WorkshopError when there is none of that name, TypeError for an unknown key."""
        home = BUGS / str(name)
        if not (home / "bug.toml").is_file():
            known = ", ".join(bug_names())
            raise WorkshopError(f"There is no bug {name!r}. There are: {known}")
        about = tomllib.loads((home / "bug.toml").read_text(encoding="utf-8"))
        about["error"] = ServerError(**about["error"])
        about["steps"] = [_with_error(Step, _with_cost(step)) for step in about.get("steps", [])]
        about["exercises"] = [_with_error(Exercise, exercise) for exercise in about.get("exercises", [])]
        return cls(home=home, **about)

    @property
    def patch(self) -> Path:
        """The patch that puts the bug into the shipped program."""
        return self.home / "bug.patch"

    def step(self, name: str) -> Step:
        """Return one step. Raises WorkshopError when there is none of that name."""
        for step in self.steps:
            if step.name == name:
                return step
        raise WorkshopError(f"There is no step {name!r}. There are: {', '.join(step.name for step in self.steps)}")

    def action(self, name: str) -> Any:
        """Return a coroutine function of reproduce.py: reproduce, control, one of a cost, and exercise_1 onwards."""
        return runpy.run_path(str(self.home / "reproduce.py"))[name]


def bug_names() -> list[str]:
    """Return the names of all bugs, in order."""
    return sorted(path.parent.name for path in BUGS.glob("*/bug.toml"))


def _with_cost(about: dict[str, Any]) -> dict[str, Any]:
    return about | {"cost": Cost(**about["cost"])} if "cost" in about else about


def _with_error(kind: type, about: dict[str, Any]) -> Any:
    error = about.pop("error", None)
    return kind(error=ServerError(**error) if error else None, **about)
