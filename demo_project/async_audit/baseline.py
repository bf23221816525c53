"""Findings that are known already, so that only new ones count: a file of them, which outlives moves of lines."""

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from async_audit.errors import CannotLook
from async_audit.noqa import source_line
from async_audit.report import StaticFinding
from async_audit.whole import write_whole

VERSION = 1


@dataclass(frozen=True, order=True)
class Entry:
    """What stays the same of a finding when lines move: its file, its code, and the text of its line."""

    path: str
    code: str
    source: str

    def __str__(self) -> str:
        return f"{self.path}: {self.code} {self.source}"


def entry_of(finding: StaticFinding, base: Path, root: Path) -> Entry:
    """Return the entry of a finding whose path starts at `base`; that of the entry starts at `root`.

    Raises CannotLook when no path leads from one to the other.
    """
    file = Path(os.path.realpath(base / finding.path))
    try:
        path = Path(os.path.relpath(file, root)).as_posix()
    except ValueError:  # on two drives of Windows
        raise CannotLook(f"{root} is on another drive than {file}: keep the baseline beside the project.") from None
    return Entry(path, finding.code, source_line(file, finding.line).strip())


def compare(
    findings: Iterable[StaticFinding], known: Counter[Entry], base: Path, root: Path
) -> tuple[list[StaticFinding], Counter[Entry]]:
    """Return the findings that are not known, and what is known and not among the findings."""
    left, new = Counter(known), []
    for finding in findings:
        entry = entry_of(finding, base, root)
        if left[entry]:
            left[entry] -= 1
        else:
            new.append(finding)
    return new, +left


def root_of(file: Path) -> Path:
    """Return the folder that paths in a baseline start at, its own: they mean the same wherever it is read from."""
    return Path(os.path.realpath(file)).parent


def read_baseline(file: Path) -> Counter[Entry]:
    """Return what a baseline holds. Raises CannotLook when it is none."""
    try:
        content = json.loads(file.read_bytes())
        if content["version"] != VERSION:
            raise CannotLook(f"{file} is of another version of the checker. Write it anew: --write-baseline {file}")
        return Counter(
            {
                # fspath() takes nothing but text
                Entry(*(os.fspath(each[name]) for name in ("path", "code", "source"))): int(each["count"])
                for each in content["findings"]
            }
        )
    except OSError as error:
        raise CannotLook(f"{file} cannot be read: {error.strerror}. Write it: --write-baseline {file}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CannotLook(f"{file} is no baseline. Write it anew: --write-baseline {file}") from None


def write_baseline(file: Path, findings: Iterable[StaticFinding], base: Path) -> None:
    """Write all findings as known, each line of code one line. Raises CannotLook when it cannot."""
    counts = Counter(entry_of(finding, base, root_of(file)) for finding in findings)
    lines = ",\n".join(json.dumps(asdict(entry) | {"count": count}) for entry, count in sorted(counts.items()))
    write_whole(file, f'{{"version": {VERSION}, "findings": [\n{lines}\n]}}\n'.encode())
