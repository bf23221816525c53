"""The process that runs programs of the gallery: nothing of them stays in the kernel, and it ends with the kernel."""

import asyncio
import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import Any

from .database import error_of, program_environ
from .errors import WorkshopError
from .gallery import GALLERY

SERVER = Path(__file__).with_name("server") / "gallery.py"
URL = "WORKSHOP_GALLERY_DATABASE_URL"


class Runner:
    """One process with Django set up, started when it is first asked; it forks for each program."""

    def __init__(self, database_url: str = "") -> None:
        """Take the URL of a PostgreSQL, or have SQLite files."""
        self._url = database_url
        self._turn = threading.Lock()
        atexit.register(self.stop)
        self._process: subprocess.Popen[bytes] | None = None

    async def run(self, **wanted: Any) -> list[dict[str, Any]]:
        """Return the events of one run, the outcome last; the loop goes on meanwhile. Raises WorkshopError."""
        return await asyncio.to_thread(self.run_now, **wanted)

    def run_now(self, **wanted: Any) -> list[dict[str, Any]]:
        """Do what `run` does, where no loop has to go on."""
        with self._turn:
            process = self._started()
            assert process.stdin is not None
            process.stdin.write(json.dumps(wanted).encode() + b"\n")
            process.stdin.flush()
            events = self._events_until("done")
            if events.pop()["ended"]:  # without fork, each program needs a process
                self.stop()
            return events

    def stop(self) -> None:
        """End the process; the next run starts another one."""
        if self._process:
            self._process.communicate()  # it ends when its input does
            self._log.close()
            self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._log = tempfile.TemporaryFile()  # noqa: SIM115 - of the process, which outlives this call
            environ = program_environ(**{URL: self._url})
            del environ["DJANGO_SETTINGS_MODULE"]
            self._process = subprocess.Popen(
                [sys.executable, str(SERVER)],
                cwd=GALLERY,
                env=environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                start_new_session=True,  # "Interrupt kernel" is not for it
            )
            self._events_until("ready")
        return self._process

    def _events_until(self, last: str) -> list[dict[str, Any]]:
        assert self._process is not None
        assert self._process.stdout is not None
        events: list[dict[str, Any]] = []
        for line in self._process.stdout:
            event = json.loads(line)
            events.append(event)
            if event["event"] == last:
                return events
        self._log.seek(0)
        raise WorkshopError(f"The gallery's programs cannot be run: {error_of(self._log.read().decode())}")


@cache
def runner(database_url: str = "") -> Runner:
    """Return the runner of this kernel."""
    return Runner(database_url)


def postgresql() -> str:
    """Return the URL of the PostgreSQL that LINKUP_DATABASE_URL names, or nothing."""
    url = os.environ.get("LINKUP_DATABASE_URL", "")
    return url if url.startswith("postgres") else ""
