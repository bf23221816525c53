"""The processes that serve a LinkUp: forked from one that has imported what they all need, which is most of a start."""

import json
import multiprocessing
import os
import runpy
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

SERVER = Path(__file__).with_name("server")
# Nothing of the program itself, which learners change; and nothing that wants to know its settings.
SHARED = [
    *("daphne.server", "channels.auth", "channels.generic.websocket", "channels.security.websocket"),
    *("django.contrib.auth", "django.contrib.staticfiles.handlers", "django.contrib.staticfiles.storage"),
    *("django.core.cache.backends.locmem", "django.core.management", "django.db.backends.sqlite3.base"),
    *("django.forms", "django.test", "django.views.generic", "redis.exceptions"),
]
# Windows cannot fork: there, each process imports everything itself.
PROCESSES: Any = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
PROCESSES.set_forkserver_preload(SHARED)


class ServerProcess:
    """A server that ends when it is told to, or with this process."""

    def __init__(self, root: Path, environ: dict[str, str], log: Path) -> None:
        """Start it in the folder of its program; `log` gets what it prints."""
        lifeline, self._lifeline = PROCESSES.Pipe(duplex=False)
        self._news, pipe = PROCESSES.Pipe(duplex=False)
        log.write_bytes(b"")
        paths = {"root": str(root), "log": str(log)}
        wanted = {"environ": environ, "kernel": os.getpid(), "lifeline": lifeline, "pipe": pipe, **paths}
        start = (str(SERVER), {"WANTED": wanted}, "__main__")
        self.process = PROCESSES.Process(target=runpy.run_path, args=start, daemon=True)
        self.process.start()
        lifeline.close()
        pipe.close()

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield what it reports, until it has ended."""
        with self._news, suppress(EOFError):
            while True:
                yield json.loads(self._news.recv_bytes())

    def end(self, limit: float) -> None:
        """End it, and wait until it is gone, or for so many seconds."""
        self._lifeline.close()
        self.process.join(limit)
