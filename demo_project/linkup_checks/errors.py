"""An error in one line: its name, the place to repair, and its message."""

import inspect
import re
import traceback
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation
from django.db import DatabaseError

HINTS = {
    "unable to open database file": "It has to be a file, in a folder that exists and that you may write to",
    "readonly database": "Give yourself the right to write the file and its folder",
    "file is not a database": "Move that file away, or name another one in LINKUP_DATABASE_URL",
    "is locked": "Another program is writing to it. Stop that program, or wait for it, and try again",
    "lock timeout": "Another program holds a lock on the table. Stop it, or wait for it, and try again",
    "database .* does not exist": "Create it, or correct LINKUP_DATABASE_URL",
    "could not be made": "Let the user of LINKUP_DATABASE_URL make one: ALTER ROLE … CREATEDB",
    "Connection refused": "Start PostgreSQL, or correct LINKUP_DATABASE_URL",
    "failed to resolve|timeout expired|authentication failed|role .* does not exist": "Correct LINKUP_DATABASE_URL",
}
LONGEST = 200  # characters of a message
GUARD = "You cannot call this from an async context"  # adds nothing to the name SynchronousOnlyOperation


class UnexpectedResult(Exception):
    """LinkUp raised no error and did the wrong thing."""


def expect(found: object, wanted: object, what: str = "the result") -> None:
    """Raise UnexpectedResult unless both are equal."""
    if found != wanted:
        raise UnexpectedResult(f"{what} is {found!r}, and not {wanted!r}")


def describe(error: Exception) -> str:
    """Return an error in one line, with what to do about it where a database says no."""
    if isinstance(error, UnexpectedResult):
        return cut(str(error))
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    line = in_one_line(type(error).__name__, frame_to_fix(error), message)
    if isinstance(error, DatabaseError):
        hints = [hint for sign, hint in HINTS.items() if re.search(sign, " ".join(message.split()))]
        return (" " if line.endswith("?") else ". ").join([line, *hints[:1]])
    return line


def in_one_line(name: str, place: str | None, message: str) -> str:
    """Return name, place and message of an error, as far as there are any.

    Django's refusal of the event loop is said by the error's name.
    """
    where = f"{name} in {place}" if place else name
    return f"{where}: {cut(message)}" if message and not message.startswith(GUARD) else where


def cut(message: str) -> str:
    """Return a message in one line of at most LONGEST characters."""
    line = " ".join(message.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def frame_to_fix(error: Exception) -> str | None:
    """Return the line of LinkUp to look at, as "file:line function".

    The innermost one; where the database refused the event loop, the innermost async function, since the work can
    still be sent to another thread there.
    """
    if isinstance(error, SyntaxError) and error.filename and (name := own_name(error.filename)):
        return f"{name}:{error.lineno}"
    walk = [(frame.f_code, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    own = [(code, line) for code, line in walk if own_name(code.co_filename)]
    if isinstance(error, SynchronousOnlyOperation):
        # Without one, it is the function that was called from the loop.
        own = [(code, line) for code, line in own if code.co_flags & inspect.CO_COROUTINE] or own[:1]
    if not own:
        return None
    code, line = own[-1]
    return f"{own_name(code.co_filename)}:{line} {code.co_name}"


def own_name(file: str) -> str | None:
    """Return the name of a source file of LinkUp below its folder, or None for another file, also of these checks."""
    path = Path(file)
    if not path.is_relative_to(settings.BASE_DIR) or "site-packages" in path.parts:
        return None
    name = path.relative_to(settings.BASE_DIR).as_posix()
    return None if name.startswith(("manage.py", "linkup_checks/")) else name
