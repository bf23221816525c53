"""What the static side of the checker reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Step:
    """One place of a chain of calls; the last one of a chain asks the database."""

    path: str
    line: int
    function: str


@dataclass(frozen=True, order=True)
class StaticFinding:
    """A line of async code that asks the database on the event loop.

    `col` counts from 1. `tier` is 1 where the model is known and the async function asks itself; 2 where calls lead
    to it, or where a row comes from outside and no query of the project loads what is asked of it; 3 for a guess.
    `chain` begins at the finding's own line.
    """

    path: str
    line: int
    col: int
    code: str
    message: str
    function: str
    tier: int
    chain: tuple[Step, ...]


@dataclass(frozen=True)
class Unparsed:
    """A file that could not be read as Python, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Report:
    """What an audit of a folder found; `files` is how many it read.

    Of a program that ran, `times` says how often it met each finding; no file is read then.
    """

    findings: list[StaticFinding]
    unparsed: list[Unparsed] = field(default_factory=list)
    files: int = 0
    times: Mapping[StaticFinding, int] = field(default_factory=dict)
