"""The processes that serve a LinkUp."""

import atexit
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from subprocess import PIPE
from typing import IO, Any

from .database import error_of
from .errors import ServerDidNotStart

SERVER = Path(__file__).with_name("server")
SERVE = [sys.executable, str(SERVER / "serve.py")]
FORKS = hasattr(os, "fork")  # else each server imports everything itself


class ServerProcess:
    """A server that ends when it is told to, or with this process."""

    def __init__(self, root: Path, environ: dict[str, str], log: Path) -> None:
        """Start it in the folder of its program; `log` gets what it prints."""
        with log.open("wb") as errors:
            self._process = None if FORKS else subprocess.Popen(SERVE, stdin=PIPE, stdout=PIPE, stderr=errors)
            started = self._process or fork_server().start(errors)
        assert started.stdin
        assert started.stdout
        self.pid, self._input, self._output = started.pid, started.stdin, started.stdout
        wanted = json.dumps({"root": str(root), "environ": environ}).encode()
        self._input.write(wanted + b"\n")
        self._input.flush()

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield what it reports, until it is gone."""
        with self._output:
            for line in self._output:
                yield json.loads(line)

    def end(self) -> None:
        """End it; its events are over when it is gone."""
        self._input.close()
        if self._process:
            self._process.wait()


@dataclass(frozen=True)
class Forked:
    """A process that somebody else's fork has made, as subprocess.Popen would have it."""

    pid: int
    stdin: IO[bytes]
    stdout: IO[bytes]


class ForkServer:
    """The process that the servers are forked from; it ends with this one."""

    def __init__(self) -> None:
        """Start it."""
        self._turn = threading.Lock()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - of the process, which outlives this call
        self._requests, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(SERVER / "forkserver.py"), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                start_new_session=True,  # "Interrupt kernel" is not for it
            )
        atexit.register(self.stop)

    @property
    def is_running(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def start(self, errors: IO[bytes]) -> Forked:
        """Fork a server. Raises ServerDidNotStart with the reason why this process is gone."""
        (theirs, ours), (output, their_output) = os.pipe(), os.pipe()
        given, reported = os.fdopen(ours, "wb"), os.fdopen(output, "rb")
        try:
            with self._turn:
                socket.send_fds(self._requests, [b"."], [theirs, their_output, errors.fileno()])
                number = int(self._requests.recv(32) or 0)
        except ConnectionError:
            number = 0
        os.close(theirs)
        os.close(their_output)
        if not number:
            given.close()
            reported.close()
            self._log.seek(0)
            raise ServerDidNotStart(error_of(self._log.read().decode()))
        return Forked(number, given, reported)

    def stop(self) -> None:
        """End it."""
        atexit.unregister(self.stop)
        self._requests.close()
        self._process.wait()
        self._log.close()


@cache
def _fork_server() -> ForkServer:
    return ForkServer()


def fork_server() -> ForkServer:
    """Return the fork server of this process, started when it is first asked for, or is gone."""
    if not _fork_server().is_running:
        _fork_server().stop()
        _fork_server.cache_clear()
    return _fork_server()
