"""What one run of the checker has seen, in source and in logs."""

from dataclasses import dataclass, field
from pathlib import Path

from async_audit.baseline import Entry
from async_audit.findings import Finding, Place
from async_audit.guess import DEFAULT
from async_audit.report import Report, StaticFinding, Step
from async_audit.sibling import Sibling


@dataclass(frozen=True)
class Logged:
    """What logs hold; `names` is how a sentence calls them, `errors` counts what the findings group.

    `siblings` are other errors of a pasted traceback that are known here, each with its line.
    """

    names: str
    findings: list[Finding] = field(default_factory=list)
    errors: int = 0
    exists: bool = True
    siblings: dict[Sibling, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Compared:
    """How many findings were left out, for they are known, and which of the known ones are no more.

    `where` ends a sentence: "in the baseline".
    """

    where: str
    known: int
    gone: tuple[Entry, ...] = ()

    def sentences(self) -> list[str]:
        """Return what there is to say: how many are known, and each that was not found."""
        return [f"{self.known} {self.where}.", *(f"Not found any more, {self.where}: {entry}" for entry in self.gone)]


@dataclass(frozen=True)
class Outcome:
    """The two sides of a run, None where it did not look; `base` is the folder that paths start at.

    `pasted` tells that a traceback was given to be explained. `compared` says what of the source was left out.
    """

    base: Path
    source: Report | None = None
    logged: Logged | None = None
    pasted: bool = False
    compared: Compared | None = None

    def findings(self) -> list[tuple[StaticFinding, int]]:
        """Return all findings alike, each with the number of times it happened, 0 for one in the source."""
        logged = [(_as_static(finding), finding.times) for finding in self.logged.findings] if self.logged else []
        source = self.source or Report([])
        return [*logged, *((finding, source.times.get(finding, 0)) for finding in source.findings)]

    def sentences(self) -> list[str]:
        """Return what there is to say of findings that were left out."""
        return self.compared.sentences() if self.compared else []

    def exit_code(self) -> int:
        """Return 0 for nothing, 1 for findings, 2 where no file of the source could be parsed."""
        if self.findings():
            return 1
        return 2 if self.source and len(self.source.unparsed) >= max(self.source.files, 1) else 0


def _as_static(finding: Finding) -> StaticFinding:
    """Return what a log tells in the form of what the source tells: from where to wrap to the line that asks."""
    first = finding.boundary or finding.place
    return StaticFinding(
        path=first.path,
        line=first.line,
        col=1,
        code=finding.code or DEFAULT,
        message=finding.message,
        function=first.function,
        tier=1,
        chain=tuple(dict.fromkeys((_step(first), _step(finding.place)))),
    )


def _step(place: Place) -> Step:
    return Step(place.path, place.line, place.function)
