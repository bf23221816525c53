"""Serve the program in a folder with Daphne, and report what happens as messages of JSON.

Run by `workshop.site` in a process of its own, as `main` with what WANTED holds.
"""

import asyncio
import itertools
import json
import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from frames import describe_error

REAP = 0.05  # seconds between two looks for applications that have failed


class Reporter:
    """Writes events to a pipe, from any thread."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._turn = threading.Lock()

    def __call__(self, event: str, **fields: Any) -> None:
        """Write one event."""
        with self._turn:
            self._pipe.send_bytes(json.dumps({"event": event, **fields}).encode())


class ReportHandler(logging.Handler):
    """Reports each record of the server's log."""

    def __init__(self, report: Callable[..., None]) -> None:
        super().__init__()
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        """Report one record, with its exception if it has one."""
        error = record.exc_info[1] if record.exc_info else None
        self._report(
            "log",
            logger=record.name,
            level=record.levelname,
            message=record.getMessage(),
            error=error and describe_error(error),
        )


def is_running(process: int) -> bool:
    """Return whether there is a process of this number."""
    if sys.platform == "win32":  # where the signal 0 is no question
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def end_with(kernel: int, lifeline: Connection) -> None:
    """End this process when the pipe from the kernel closes, or when the kernel is gone."""
    # A process that the kernel forked may hold the pipe open: hence the look at the kernel, twice a second.
    while is_running(kernel) and not lifeline.poll(0.5):
        pass
    os._exit(0)


def enter(root: str, environ: dict[str, str], log: str) -> None:
    """Take over folder, environment and log, in a session of its own: "Interrupt kernel" is not for the server."""
    if hasattr(os, "setsid"):
        os.setsid()
    os.chdir(root)
    sys.path.insert(0, root)
    os.environ.clear()
    os.environ.update(environ)
    with open(log, "ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def reporting(application: Any, report: Callable[..., None]) -> Any:
    """Wrap an ASGI application so that the start and the end of each connection are reported."""
    numbers = itertools.count()

    async def application_reported(scope: dict, receive: Any, send: Any) -> None:
        number, failed = next(numbers), False
        report("opened", connection=number, kind=scope["type"])
        try:
            await application(scope, receive, send)
        except Exception:
            failed = True  # Daphne will log it; a cancelled connection it will not
            raise
        finally:
            report("ended", connection=number, kind=scope["type"], failed=failed)

    return application_reported


def serve(report: Callable[..., None]) -> None:
    """Load the program of this folder and serve it on a free port of 127.0.0.1, without an end."""
    from daphne.server import Server, reactor
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

    # The loop of a forked process must not be the one that was made before the fork.
    reactor.__init__(asyncio.new_event_loop())

    # An edit within the same second would meet the bytecode of the old text.
    sys.dont_write_bytecode = True
    from calls import report_calls
    from connections import report_connections
    from holdups import report_holdups
    from hops import report_hops
    from probes import Probes

    probes = None
    if watched := os.environ.get("WORKSHOP_WATCHES"):  # a check is what has started this server
        probes = Probes(report, watched)
        probes.install()
    else:
        report_connections(report)
        _kept = report_holdups(report)
    from linkup.asgi import application

    report_calls(report)
    report_hops(report)
    logging.getLogger().addHandler(ReportHandler(report))
    served = reporting(ASGIStaticFilesHandler(application), report)
    if probes:
        served = probes.serving(served)
    server = Server(
        served,
        endpoints=["tcp:port=0:interface=127.0.0.1"],
        ready_callable=lambda: report("ready", port=server.listening_addresses[0][1]),
        signal_handlers=False,
        verbosity=0,
    )

    def check() -> None:
        try:
            server.application_checker()
        except ValueError:  # it makes no error page of an answer that has begun, and looks for failures no more
            report("blind")
            raise

    # Daphne looks once a second for applications that have failed. Nobody learns anything in that second.
    call_later = reactor.callLater
    reactor.callLater = lambda delay, call, *args, **kwargs: (
        call_later(REAP, check) if call == server.application_checker else call_later(delay, call, *args, **kwargs)
    )
    server.run()


def main(
    root: str, environ: dict[str, str], log: str, kernel: int, lifeline: Connection, report: Callable[..., None]
) -> None:
    """Serve the program in a folder until the lifeline closes or the kernel is gone."""
    enter(root, environ, log)
    # Python reads it when it starts, and this process has started with another environment.
    warnings._processoptions(environ.get("PYTHONWARNINGS", "").split(","))  # type: ignore[attr-defined]
    threading.Thread(target=end_with, args=[kernel, lifeline], daemon=True).start()
    try:
        serve(report)
    except Exception as error:  # whatever keeps the program from starting is what the kernel wants to know
        report("failed", error=describe_error(error))
        raise


if __name__ == "__main__":
    wanted = globals()["WANTED"]
    main(report=Reporter(wanted.pop("pipe")), **wanted)
