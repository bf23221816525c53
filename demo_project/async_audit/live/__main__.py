"""Run a command under watch: `python -m async_audit.live [options] -- manage.py some_command`."""

import os
import runpy
import shutil
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from async_audit.errors import CannotLook
from async_audit.live.options import Options, add_options

if TYPE_CHECKING:
    from async_audit.live.session import Session

USAGE = "python -m async_audit.live [options] -- COMMAND [ARGUMENT…]"


def main(arguments: Sequence[str]) -> int:
    """Run a command and report what it made event loops do; return its exit code, or 1 for findings where that is 0."""
    parser = ArgumentParser(prog="async_audit.live", usage=USAGE, description=__doc__)
    add_options(parser.add_argument)
    split = arguments.index("--") if "--" in arguments else len(arguments)
    options, command = parser.parse_args(arguments[:split]), list(arguments[split + 1 :])
    try:
        script = _script_of(command)
        from async_audit.live.session import Session

        session = Session(Path.cwd(), Options.chosen(vars(options)))
    except CannotLook as error:
        print(f"async_audit.live: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if error.name != "django":
            raise
        print(f"async_audit.live: Django is not installed for {sys.executable}: use the project's.", file=sys.stderr)
        return 2
    session.start()
    try:
        code = _run(script, command)
    finally:
        found = _report(session)
    return code or found


def _report(session: "Session") -> int:
    """Print what was found; return 1 where that is something, 2 where it cannot be said."""
    session.stop()
    try:
        text, code = session.report()
    except CannotLook as error:
        text, code = f"async_audit.live: {error}", 2
    print(text, file=sys.stderr)
    return code


def _script_of(command: Sequence[str]) -> str:
    """Return the file of a command's Python script. Raises CannotLook when there is none to run here."""
    if not command:
        raise CannotLook(f"Nothing to run. Name it after two dashes: {USAGE}")
    file = command[0] if os.path.isfile(command[0]) else shutil.which(command[0])
    if not file:
        raise CannotLook(f"{command[0]} is neither a file nor a command. Name a script, such as manage.py.")
    with open(file, "rb") as start:
        if not file.endswith(".py") and b"python" not in start.readline():
            raise CannotLook(f"{file} is no script of Python, and nothing else can be watched.")
    if "runserver" in command and "--noreload" not in command:
        raise CannotLook("runserver serves from a second process, which is not watched. Add --noreload.")
    return file


def _run(script: str, command: Sequence[str]) -> int:
    """Run a script as Python would; return its exit code."""
    sys.argv = list(command)
    sys.path[0] = str(Path(script).resolve().parent)
    signal.signal(signal.SIGTERM, _end)
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, int | None):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    """End the script, but not before it is reported what was found."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
