"""The processes that serve a LinkUp."""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from subprocess import PIPE
from typing import IO, Any

SERVER = Path(__file__).with_name("server")
SERVE = [sys.executable, str(SERVER / "serve.py")]
FORKS = hasattr(os, "fork")  # else each server imports everything itself


class ServerProcess:
    """A server that ends when it is told to, or with this process."""

    def __init__(self, root: Path, environ: dict[str, str], log: Path) -> None:
        """Start it in the folder of its program; `log` gets what it prints."""
        self._ended = threading.Event()
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
        self._ended.set()

    def end(self, limit: float) -> None:
        """End it, and wait until whoever reads its events has seen that it is gone, or for so many seconds."""
        self._input.close()
        self._ended.wait(limit)
        if self._process:
            self._process.wait(limit)


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
        self._requests, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(SERVER / "forkserver.py"), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # "Interrupt kernel" is not for it
            )
        atexit.register(self.stop)

    @property
    def is_running(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def start(self, errors: IO[bytes]) -> Forked:
        """Fork a server."""
        theirs, ours = os.pipe()
        output, their_output = os.pipe()
        with self._turn:
            socket.send_fds(self._requests, [b"."], [theirs, their_output, errors.fileno()])
            os.close(theirs)
            os.close(their_output)
            number = int(self._requests.recv(32))
        return Forked(number, os.fdopen(ours, "wb"), os.fdopen(output, "rb"))

    def stop(self) -> None:
        """End it."""
        atexit.unregister(self.stop)
        self._requests.close()
        self._process.wait()


@cache
def _fork_server() -> ForkServer:
    return ForkServer()


def fork_server() -> ForkServer:
    """Return the fork server of this process, started when it is first asked for, or is gone."""
    if not _fork_server().is_running:
        _fork_server().stop()
        _fork_server.cache_clear()
    return _fork_server()
