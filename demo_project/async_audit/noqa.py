"""Comments that silence a finding: `# noqa`, or `# noqa: DAS001, DAS002` for some codes alone."""

import linecache
import re
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


def is_silenced(finding: StaticFinding, root: Path) -> bool:
    """Tell whether the finding's own line, or the one that asks the database, has such a comment."""
    places = [Step(finding.path, finding.line, finding.function), *finding.chain[-1:]]
    return any(silences(source_line(root / place.path, place.line), finding.code) for place in places)


def source_line(file: Path, number: int) -> str:
    """Return a line of a file as it is now, empty when there is none."""
    linecache.checkcache(str(file))
    return linecache.getline(str(file), number)
