"""Serve the program in a folder with Daphne, and report what happens as JSON lines on standard output.

Run by `workshop.server_process`, by itself or in a fork. The first line of standard input is JSON, the folder as "root"
and "environ". Ends when its standard input closes, so also when the kernel that has asked for it is killed.
"""

import asyncio
import itertools
import json
import logging
import os
import select
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any, TextIO

from frames import describe_error

REAP = 0.05  # seconds between two looks for applications that have failed


class Reporter:
    """Writes events to a file, from any thread."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._turn = threading.Lock()

    def __call__(self, event: str, **fields: Any) -> None:
        """Write one event."""
        with self._turn:
            self._file.write(json.dumps({"event": event, **fields}) + "\n")


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


def end_with_parent(parent: int) -> None:
    """End this process when the pipe from the kernel closes, or when another process has become its parent."""
    while os.getppid() == parent:
        # A process that the kernel forked may hold the pipe open: hence the look at the parent, twice a second.
        readable = sys.platform == "win32" or select.select([0], [], [], 0.5)[0]
        if readable and not os.read(0, 1):
            break
    os._exit(0)


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


def main() -> None:
    """Serve what standard input asks for, until it closes or the parent is gone."""
    parent = os.getppid()
    report = Reporter(os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8"))
    os.dup2(2, 1)  # what the program prints goes to its log, not between the events
    with open(0, "rb", closefd=False) as given:
        wanted = json.loads(given.readline())
    threading.Thread(target=end_with_parent, args=[parent], daemon=True).start()
    os.chdir(wanted["root"])
    sys.path.insert(0, wanted["root"])
    os.environ.clear()
    os.environ.update(wanted["environ"])
    # Python reads it when it starts, and this process has started with another environment.
    if options := os.environ.get("PYTHONWARNINGS"):
        warnings._processoptions(options.split(","))  # type: ignore[attr-defined]
    try:
        serve(report)
    except Exception as error:  # whatever keeps the program from starting is what the kernel wants to know
        report("failed", error=describe_error(error))
        raise


if __name__ == "__main__":
    main()
