"""What a measurement gives: values of one run, beside what is asked for."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One figure, measured several times in a run; a target is a least or a most for its median."""

    name: str
    values: list[float]
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def median(self) -> float:
        """The middle of the values."""
        return median(self.values)

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.at_least is not None:
            return self.median >= self.at_least
        return None if self.at_most is None else self.median <= self.at_most

    @property
    def target(self) -> str:
        """The target in words."""
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return "" if self.at_most is None else f"at most {self.at_most:g}"

    def __str__(self) -> str:
        numbers = "".join(f"{f'{number:.4g}':>8}" for number in (self.median, min(self.values), max(self.values)))
        verdict = {None: "", True: "met", False: "MISSED"}[self.is_met]
        return f"{self.name:<72}{numbers} {self.unit:<8}{self.target:<14}{verdict}".rstrip()


HEAD = f"{'':<72}{'median':>8}{'min':>8}{'max':>8} {'':<8}target"


def ratios(these: Iterable[float], those: Iterable[float]) -> list[float]:
    """Divide what was measured in the same round."""
    return [this / that for this, that in zip(these, those, strict=True)]


def write(figures: Iterable[Figure], path: Path) -> None:
    """Store figures as JSON."""
    rows = []
    for figure in figures:
        found = {"median": figure.median, "min": min(figure.values), "max": max(figure.values), "met": figure.is_met}
        rows.append(vars(figure) | found)
    path.write_text(json.dumps(rows, indent=1) + "\n")
