"""Serve the program in the current folder with Daphne, and report what happens as JSON lines on standard output.

Run by `workshop.site` as a program, in the folder of the one it serves. Ends when its standard input closes, so also
when its parent is killed.
"""

import itertools
import json
import logging
import os
import select
import sys
import threading
from typing import Any

from frames import describe_error

REPORT = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
REPORT_LOCK = threading.Lock()
REAP = 0.05  # seconds between two looks for applications that have failed


def report(event: str, **fields: Any) -> None:
    """Write one event."""
    with REPORT_LOCK:
        REPORT.write(json.dumps({"event": event, **fields}) + "\n")


class ReportHandler(logging.Handler):
    """Reports each record of the server's log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Report one record, with its exception if it has one."""
        error = record.exc_info[1] if record.exc_info else None
        report(
            "log",
            logger=record.name,
            level=record.levelname,
            message=record.getMessage(),
            error=error and describe_error(error),
        )


def end_with_parent(parent: int) -> None:
    """End this process when the pipe from its parent closes, or when another process has become its parent."""
    while os.getppid() == parent:
        # A process that the parent forked may hold the pipe open: hence the look at the parent, twice a second.
        readable = sys.platform == "win32" or select.select([0], [], [], 0.5)[0]
        if readable and not os.read(0, 1):
            break
    os._exit(0)


def reporting(application: Any) -> Any:
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


def serve() -> None:
    """Load the program and serve it on a free port of 127.0.0.1 until the parent is gone."""
    sys.path.insert(0, os.getcwd())
    # Twisted's TLS is a tenth of the start, and this address has none.
    sys.modules["OpenSSL"] = None  # type: ignore[assignment]
    from daphne.server import Server, reactor
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

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
    logging.getLogger().addHandler(ReportHandler())
    served = reporting(ASGIStaticFilesHandler(application))
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


if __name__ == "__main__":
    os.dup2(2, 1)  # what the program prints goes to its log, not between the events
    threading.Thread(target=end_with_parent, args=(int(sys.argv[1]),), daemon=True).start()
    try:
        serve()
    except Exception as error:  # whatever keeps the program from starting is what the parent wants to know
        report("failed", error=describe_error(error))
        raise
