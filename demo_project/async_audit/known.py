"""What of a run is known already: left out, and said how much it is."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from async_audit.baseline import Entry, compare, read_baseline, root_of, write_baseline
from async_audit.errors import CannotLook
from async_audit.look import Wishes
from async_audit.outcome import Compared, Outcome
from async_audit.report import Report
from async_audit.revision import Revision


def without_baseline(outcome: Outcome, file: Path, paths: Sequence[str], wishes: Wishes) -> Outcome:
    """Return a run without the findings in the source that a baseline knows.

    Of what it knows, the rest is gone where the run has looked for it. Raises CannotLook when there is no baseline.
    """
    report = _source(outcome)
    new, left = compare(report.findings, read_baseline(file), outcome.base, root_of(file))
    looked_at = [os.path.realpath(path) for path in paths or [str(outcome.base)]]
    unparsed = {os.path.realpath(outcome.base / each.path) for each in report.unparsed}

    def is_gone(entry: Entry) -> bool:
        place = root_of(file) / entry.path
        is_inside = any(place.is_relative_to(path) for path in looked_at)
        return is_inside and str(place) not in unparsed and wishes.reports(entry.code)

    gone = tuple(sorted(entry for entry in left.elements() if is_gone(entry)))
    compared = Compared("in the baseline", len(report.findings) - len(new), gone)
    return replace(outcome, source=replace(report, findings=new), compared=compared)


def without_revision(outcome: Outcome, name: str, paths: Sequence[str], wishes: Wishes, terminal: TextIO) -> Outcome:
    """Return a run without the findings in the source that are there at a revision of git.

    Raises CannotLook when it cannot be read.
    """
    report = _source(outcome)
    revision = Revision(name, outcome.base)
    known = revision.findings(paths or [str(outcome.base)], wishes, terminal)
    new, _left = compare(report.findings, known, outcome.base, revision.top)
    compared = Compared(f"at {name} already", len(report.findings) - len(new))
    return replace(outcome, source=replace(report, findings=new), compared=compared)


def write_known(outcome: Outcome, file: Path) -> str:
    """Write all findings in the source as known; return a sentence that says so. Raises CannotLook when it cannot."""
    report = _source(outcome)
    if len(report.unparsed) >= report.files:
        raise CannotLook("No file of the source could be parsed, so no baseline was written.")
    write_baseline(file, report.findings, outcome.base)
    return f"Wrote {len(report.findings)} finding{'s' * (len(report.findings) != 1)} to {file}: --baseline {file}"


def _source(outcome: Outcome) -> Report:
    if not outcome.source:
        raise CannotLook(
            "--baseline, --write-baseline and --diff are about the source, and only a log was named. "
            "Name a folder as well."
        )
    return outcome.source
