"""Opens logs, or standard input, and reads the errors in them."""

import os
from collections.abc import Sequence

from async_audit.errors import CannotLook
from async_audit.logs import LogFindings
from async_audit.records import CompressedLog
from async_audit.source import Project

STANDARD_INPUT = 0


def read_logs(files: Sequence[str], project: Project) -> LogFindings:
    """Read all logs, - for standard input. Raises CannotLook when one cannot be read."""
    found = LogFindings(project)
    for file in files:
        name = "<stdin>" if file == "-" else project.name(file)
        try:
            with open(STANDARD_INPUT if file == "-" else file, "rb", closefd=file != "-") as log:
                found.read(log, name, pasted=file == "-")
        except CompressedLog:
            raise CannotLook(f"{name} is compressed. Unpack it: gunzip -c {name} | … --log -") from None
        except OSError as error:
            raise CannotLook(
                f"{name} cannot be read: {error.strerror}. Name the file that the server logs to: --log FILE"
            ) from None
    return found


def names_of(files: Sequence[str], project: Project) -> str:
    """Return how a sentence calls logs."""
    return ", ".join("standard input" if file == "-" else project.name(os.fspath(file)) for file in files)
