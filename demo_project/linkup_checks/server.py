"""A LinkUp that runs for the time of a check: Daphne in a process of its own, and what its log says."""

import asyncio
import os
import re
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from django.conf import settings

from linkup_checks.database import database_url
from linkup_checks.errors import UnexpectedResult, in_one_line, own_name

START = 15  # seconds until a server counts as hanging; one that fails is noticed at once
TRACEBACK = re.compile(r"^Traceback \(most recent call last\):\n((?:[ \t].*\n|\n)+)([\w.]+)(?:: (.*))?$", re.MULTILINE)
FRAME = re.compile(r'^  File "(.+)", line (\d+)(?:, in (\S+))?', re.MULTILINE)


@asynccontextmanager
async def running_server(log: Path) -> AsyncIterator[int]:
    """Run LinkUp on the database in use, and yield its port; the log keeps what it writes.

    Raises UnexpectedResult when it does not start.
    """
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "linkup_checks.serve"),
            cwd=settings.BASE_DIR,
            env=_environ(log.parent),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the check, which ends the server
        )
    try:
        yield await _port(process)
    finally:
        await process.communicate(b"")  # closes its standard input, which ends it


def first_error(log: Path) -> str | None:
    """Return the first error in a log, and the innermost line of LinkUp it came through; None without an error.

    One in which no line of LinkUp stands comes after those in which one does.
    """
    found = []
    for frames, kind, message in TRACEBACK.findall(log.read_text(encoding="utf-8", errors="replace")):
        own = [(name, line, function) for file, line, function in FRAME.findall(frames) if (name := own_name(file))]
        place = "{}:{} {}".format(*own[-1]).rstrip() if own else None
        found.append((place is None, in_one_line(kind.rpartition(".")[2], place, message)))
    return min(found, key=lambda error: error[0])[1] if found else None


def _environ(folder: Path) -> dict[str, str]:
    apart = {"LINKUP_ALLOWED_HOSTS", "LINKUP_CHANNEL_LAYER_URL"}
    return {name: value for name, value in os.environ.items() if name not in apart} | {
        "LINKUP_DATABASE_URL": database_url(),
        "LINKUP_DEBUG": "1",  # else every page would ask for HTTPS
        "LINKUP_LOG_FILE": str(folder / "linkup.log"),
        "LINKUP_LOG_FORMAT": "line",
        "LINKUP_SECRET_KEY": secrets.token_urlsafe(40),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH")])),
    }


async def _port(process: asyncio.subprocess.Process) -> int:
    assert process.stdout
    try:
        async with asyncio.timeout(START):
            line = await process.stdout.readline()
    except TimeoutError:
        raise UnexpectedResult(f"it did not start within {START} seconds") from None
    if not line:
        raise UnexpectedResult("it ended before it listened")
    return int(line)
