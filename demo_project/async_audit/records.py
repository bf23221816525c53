"""The lines that a log consists of, whatever they are wrapped in: encodings, colours, JSON, escaped line ends."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

LONGEST = 1 << 20  # characters; a longer line is read in pieces, so that no log is held in memory
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
ESCAPED_END = re.compile(r"\\r\\n|\\n|#012")  # #012 is rsyslog's


class CompressedLog(Exception):
    """The log is compressed, so its text cannot be seen."""


def read_lines(log: io.BufferedReader) -> Iterator[str]:
    """Return the lines of a log without their ends and colours, and close it. Raises CompressedLog and OSError."""
    start = log.peek(2)[:2]
    if start == b"\x1f\x8b":
        raise CompressedLog
    # PowerShell's `>` writes UTF-16.
    encoding = "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    with io.TextIOWrapper(log, encoding=encoding, errors="replace") as text:
        while line := text.readline(LONGEST):
            yield COLOUR.sub("", line.rstrip("\n"))


def fields_of(line: str) -> dict[str, list[str]]:
    """Return the lines in each text field of a JSON record, {} when the line is none.

    A prefix may stand before the record. A traceback with escaped line ends counts as a record of one field.
    """
    start = line.find("{")
    if start >= 0:
        try:
            record = json.loads(line[start:])
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            return {"": [line[:start]], **_texts(record)}
    pieces = ESCAPED_END.split(line.replace('\\"', '"')) if "  File " in line else []
    return {"": pieces} if len(pieces) > 1 else {}


def _texts(record: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    waiting: list[tuple[str, Any]] = [("", record)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend((f"{name}.{key}", item) for key, item in value.items())
        elif isinstance(value, list):
            waiting.extend((name, item) for item in reversed(value))
        elif isinstance(value, str):
            found.setdefault(name, []).extend(value.splitlines())
    return found
