"""The output of a run: text for people, JSON for programs, commands for GitHub's log."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from async_audit.findings import Finding, printable, shorten
from async_audit.outcome import Logged, Outcome
from async_audit.report import Report, StaticFinding
from async_audit.shapes import Shape, shapes
from async_audit.sibling import Sibling
from async_audit.tracebacks import ERROR

INDENT = "\n      "


def as_text(outcome: Outcome) -> str:
    """Return lines like those of a linter, and a last line of each side that says how much there is."""
    lines = list(_log_lines(outcome.logged, outcome.pasted)) if outcome.logged else []
    if outcome.source:
        lines += _source_lines(outcome.source, outcome.logged is not None, " new" * bool(outcome.compared))
    lines += map(printable, outcome.sentences())
    return "\n".join(lines)


def as_json(outcome: Outcome) -> str:
    """Return one object; a finding of a log, or of a run, has the number of times it happened besides."""
    findings = [asdict(finding) | ({"times": times} if times else {}) for finding, times in outcome.findings()]
    unparsed = [asdict(file) for file in outcome.source.unparsed] if outcome.source else []
    found: dict[str, Any] = {"findings": findings, "unparsed": unparsed}
    if outcome.pasted and outcome.logged:
        found["siblings"] = [asdict(sibling) for sibling in outcome.logged.siblings]
    if outcome.compared:
        found["compared"] = asdict(outcome.compared)
    return json.dumps(found, indent=2)


def as_github(outcome: Outcome) -> str:
    """Return one annotation a line, for files named from the folder the step runs in."""
    lines = []
    for finding, _times in outcome.findings():
        place = f"file={_property(from_here(finding.path, outcome.base))},line={finding.line},col={finding.col}"
        message = "\n".join([finding.message, *chain_of(finding), f"fix: {shape_of(finding.code).fix}"])
        lines.append(f"::warning {place},title={_property(finding.code)}::{_data(message)}")
    for file in outcome.source.unparsed if outcome.source else []:
        name = _property(from_here(file.path, outcome.base))
        lines.append(f"::notice file={name},title=not parsed::{_data(file.reason)}")
    lines += [f"::notice::{_data(sentence)}" for sentence in outcome.sentences()]
    return "\n".join(lines)


def from_here(path: str, base: Path) -> str:
    """Return a file's path from the current folder when it is inside, else unchanged: what CI's pages can link."""
    file = Path(os.path.abspath(base / path))
    here = Path.cwd()
    return file.relative_to(here).as_posix() if file.is_relative_to(here) and file.exists() else path


def chain_of(finding: StaticFinding) -> list[str]:
    """Return the way down to the line that asks the database, empty when that is the finding's own line."""
    steps = [f"{step.path}:{step.line} in {step.function}" for step in finding.chain]
    return steps if len(steps) > 1 else []


def shape_of(code: str) -> Shape:
    """Return the shape of a code; a code without a text of its own passes for the general shape."""
    return shapes().get(code) or next(iter(shapes().values()))


def _log_lines(logged: Logged, pasted: bool) -> Iterator[str]:
    for finding in logged.findings:
        yield INDENT.join([finding.text(), *(_explanation(finding) if pasted and finding.code else [])])
    if logged.findings:
        places = f"{len(logged.findings)} place{'s' * (len(logged.findings) > 1)}"
        yield f"Found {logged.errors} {ERROR} at {places} in {logged.names}."
    elif logged.exists:
        yield f"No {ERROR} in {logged.names}."
    else:
        yield f"No {ERROR}: {logged.names} does not exist, so nothing has been logged yet."
    for sibling, line in logged.siblings.items():
        yield INDENT.join([printable(shorten(line)), *_meaning(sibling)])


def _explanation(finding: Finding) -> Iterator[str]:
    shape = shape_of(finding.code)
    yield f"shape: {shape.code} {shape.name}, as far as frames tell: {shape.title}"
    yield from _meaning(shape)


def _meaning(of: Shape | Sibling) -> Iterator[str]:
    said = {"why": of.why, "fix": of.fix, "trap": of.trap, "lesson": of.lesson_file}
    yield from (f"{head}: {text}" for head, text in said.items() if text)


def _source_lines(report: Report, quiet: bool, new: str) -> Iterator[str]:
    for finding in report.findings:
        place = f"{finding.path}:{finding.line}:{finding.col}"
        yield INDENT.join(map(printable, [f"{place}: {finding.code} {finding.message}", *chain_of(finding)]))
    if report.findings:
        many = "s" * (len(report.findings) > 1)
        where = "in this run" if report.times else "in the source"
        yield f"Found {len(report.findings)}{new} place{many} {where}. More: --explain {report.findings[0].code}"
    elif not report.files:
        yield f"Nothing{new} found in this run."
    elif len(report.unparsed) >= report.files:
        yield "No file of the source could be parsed."
    elif report.unparsed:
        parsed, version = report.files - len(report.unparsed), "{}.{}".format(*sys.version_info)
        files = f"{parsed} of {report.files} files"
        yield f"Nothing{new} found in {files}; the others cannot be read with Python {version}."
    else:
        read = "" if quiet else f" ({report.files} file{'s' * (report.files > 1)})"
        yield f"Nothing{new} found in the source{read}."


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
