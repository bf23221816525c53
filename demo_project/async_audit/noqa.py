"""Comments that silence a finding: `# noqa`, or `# noqa: DAS001, DAS002` for some codes alone."""

import linecache
import re
from collections.abc import Mapping
from pathlib import Path

from async_audit.report import StaticFinding, Step

NOQA = re.compile(r"#\s*noqa\b(?P<colon>\s*:)?(?P<codes>(?:[\s,]*[A-Z]+[0-9]+\b)*)", re.IGNORECASE)


def silences(line: str, code: str) -> bool:
    """Tell whether a line of source has a comment that silences a code; one that names other codes does not."""
    for comment in NOQA.finditer(line):
        named = re.split(r"[\s,]+", comment["codes"].upper().strip(" \t,")) if comment["colon"] else []
        if code in named or not comment["colon"]:
            return True
    return False


def is_silenced(finding: StaticFinding, root: Path, edited: Mapping[str, bytes]) -> bool:
    """Tell whether the finding's own line, or the one that asks the database, has such a comment.

    `edited` has contents by paths that stand for those on disk.
    """
    places = [Step(finding.path, finding.line, finding.function), *finding.chain[-1:]]
    return any(silences(_line(root / place.path, place.line, edited), finding.code) for place in places)


def _line(file: Path, number: int, edited: Mapping[str, bytes]) -> str:
    if str(file) not in edited:
        return source_line(file, number)
    return "".join(edited[str(file)].decode(errors="replace").splitlines(keepends=True)[number - 1 : number])


def source_line(file: Path, number: int) -> str:
    """Return a line of a file as it is now, empty when there is none."""
    linecache.checkcache(str(file))
    return linecache.getline(str(file), number)
