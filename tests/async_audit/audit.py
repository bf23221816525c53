"""What tests of the checker share: its findings in a log, and the lines of failing_program.py."""

import io
from pathlib import Path

from async_audit.logs import LogFindings
from async_audit.source import Project

HERE = Path(__file__).parent
PROGRAM = HERE / "failing_program.py"


def check(log, root=HERE, pasted=False):
    """Return the findings in the text of a log, or in one that somebody has pasted, as a report shows them."""
    found = LogFindings(Project(root))
    data = log if isinstance(log, bytes) else log.encode()
    found.read(io.BufferedReader(io.BytesIO(data)), "site.log", pasted)
    return [finding.text() for finding in found.findings()]


def at(function, source, program=PROGRAM):
    """Return the number of the first line with that text in a function."""
    lines = program.read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if f"def {function}(" in line)
    return next(n for n, line in enumerate(lines[start:], start + 1) if source in line)


def finding(asks, boundary, times=1, name="failing_program.py", program=PROGRAM):
    """Return the text of a finding; `asks` and `boundary` are a function and a line of source in it."""
    line, wrap = at(*asks, program), at(*boundary, program)
    return (
        f"{name}:{line}: SynchronousOnlyOperation, {times} time{'s' * (times > 1)}: {asks[1]}\n"
        f"      move to a thread in: {boundary[0]} ({name}:{wrap})"
    )


SAVE = ("save", "return User.objects.get_or_create(")
IN_HANDLER = finding(SAVE, ("in_handler", "return save()"))
LAZY = finding(*[("lazy", "return Permission(content_type_id=1).content_type")] * 2)
