"""Repairs what is mechanical, looks at the result as at any source, and takes back what does not hold."""

from __future__ import annotations

import difflib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from async_audit.errors import CannotLook
from async_audit.fix.edits import Edit, Source
from async_audit.fix.repairs import repair
from async_audit.look import project_of
from async_audit.report import Report, StaticFinding
from async_audit.static.together import QUERIES, TRANSACTION
from async_audit.whole import write_whole

Look = Callable[[Mapping[str, bytes]], Report]


@dataclass(frozen=True)
class Fixed:
    """The contents of files before and after, the findings repaired, and those whose repair did not hold."""

    before: dict[str, bytes]
    after: dict[str, bytes]
    repaired: list[StaticFinding]
    refused: list[StaticFinding]


class Fixing:
    """Repairs for findings of one look; `look` reads the same again, with other contents for some files."""

    def __init__(self, report: Report, base: Path, look: Look) -> None:
        self._report = report
        self._base = base
        self._look = look
        self._sources: dict[str, Source] = {}
        self._contents: dict[str, bytes] = {}

    def fix(self, findings: Sequence[StaticFinding]) -> Fixed:
        """Return what repairs the findings that have a mechanical repair which the checker then agrees with."""
        repairs = {finding: edits for finding in self._alone(findings) if (edits := self._repair(finding))}
        tried = list(repairs)
        while repairs and (wrong := self._wrong(repairs)):
            for finding in wrong:
                del repairs[finding]
        after = self._edited(repairs)
        before = {path: self._contents[path] for path in after}
        return Fixed(before, after, list(repairs), [finding for finding in tried if finding not in repairs])

    def _alone(self, findings: Sequence[StaticFinding]) -> Iterator[StaticFinding]:
        """Yield findings but those of several queries in one function, which are to become one hop."""
        several = Counter(
            (finding.path, finding.function)
            for finding in self._report.findings
            if finding.code in QUERIES or finding.code == TRANSACTION or len(finding.chain) > 1
        )
        for finding in findings:
            if several[finding.path, finding.function] < 2:
                yield finding

    def _repair(self, finding: StaticFinding) -> list[Edit]:
        path = self._path(finding.path)
        if path not in self._sources:
            try:
                self._contents[path] = Path(path).read_bytes()
                self._sources[path] = Source(self._contents[path])
            except (OSError, SyntaxError, ValueError):
                return []
        root = min(self._base, project_of(Path(path)), key=lambda folder: len(folder.parts))
        return repair(self._sources[path], finding, lambda name: _uses(root, name))

    def _path(self, name: str) -> str:
        return os.path.abspath(self._base / name)

    def _edited(self, repairs: Mapping[StaticFinding, list[Edit]]) -> dict[str, bytes]:
        edits = self._by_path(repairs)
        return {path: self._sources[path].edited(edits[path]) for path in edits}

    def _by_path(self, repairs: Mapping[StaticFinding, list[Edit]]) -> dict[str, list[Edit]]:
        edits: dict[str, list[Edit]] = {}
        for finding, some in repairs.items():
            edits.setdefault(self._path(finding.path), []).extend(some)
        return edits

    def _wrong(self, repairs: Mapping[StaticFinding, list[Edit]]) -> list[StaticFinding]:
        """Return the repairs after which the checker finds something it should not: these, or all of a file."""
        try:
            edited = self._edited(repairs)
        except (ValueError, UnicodeEncodeError):
            return list(repairs)
        after = self._look(edited)
        edits = self._by_path(repairs)

        def key(finding: StaticFinding, is_new: bool) -> tuple[str, int, str]:
            path = self._path(finding.path)
            is_moved = path in edits and not is_new
            line = self._sources[path].line_after(finding.line, edits[path]) if is_moved else finding.line
            return path, line, finding.code

        wanted = Counter(key(finding, False) for finding in self._report.findings if finding not in repairs)
        more = Counter(key(finding, True) for finding in after.findings) - wanted
        unread = {self._path(file.path) for file in after.unparsed} - {
            self._path(f.path) for f in self._report.unparsed
        }
        blamed = [finding for finding in repairs if key(finding, False) in more]
        files = {path for path, _line, _code in more} | unread
        blamed = blamed or [finding for finding in repairs if self._path(finding.path) in files]
        return blamed or (list(repairs) if more else [])


def diff(fixed: Fixed, base: Path) -> str:
    """Return what changes, as a unified diff whose paths start at a folder."""
    return "".join(
        line for path, content in fixed.after.items() for line in _diff(fixed.before[path], content, Path(path), base)
    )


def _diff(before: bytes, after: bytes, path: Path, base: Path) -> Iterator[str]:
    name = path.relative_to(base).as_posix()
    old, new = ([line for line in Source(content).lines if line] for content in (before, after))
    for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"):
        yield line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n"


def write(fixed: Fixed) -> None:
    """Write all files, each whole. Raises CannotLook when one cannot be written, or was changed meanwhile."""
    for path, content in fixed.after.items():
        if Path(path).read_bytes() != fixed.before[path]:
            raise CannotLook(f"{path} has changed meanwhile and was left alone: run the command again.")
        write_whole(Path(path), content)


@cache
def _uses(root: Path, name: str) -> int:
    """Return how often a name occurs in the Python files of a project."""
    word = re.compile(rf"\b{name}\b".encode())
    return sum(len(word.findall(file.read_bytes())) for file in root.rglob("*.py") if file.is_file())
