"""Watches an ASGI application during development: `application = watch(application)` in asgi.py."""

import atexit
import logging
import os
from pathlib import Path
from typing import Any, TypeVar

from async_audit.errors import CannotLook
from async_audit.findings import printable
from async_audit.formats import chain_of
from async_audit.live.options import Options
from async_audit.live.session import Session
from async_audit.report import StaticFinding

LOGGER = logging.getLogger("async_audit.live")
Application = TypeVar("Application")


def watch(application: Application, base: str | os.PathLike[str] = ".", **options: Any) -> Application:
    """Return the application as it is, and watch all loops of its process from now on.

    Each finding is a warning of the logger "async_audit.live", and when the process ends all are summed there. `base`
    is the project's folder; `options` are those of `Options`. Raises CannotLook when a file they name cannot be read.
    """
    session = Session(Path(base), Options(**options), tell=_tell)
    session.start()
    atexit.register(_end, session)
    return application


def _end(session: Session) -> None:
    session.stop()
    try:
        text, _code = session.report()
    except CannotLook as error:
        text = str(error)
    LOGGER.warning("All that was found:\n%s", text)


def _tell(finding: StaticFinding) -> None:
    steps = [f"{finding.path}:{finding.line}: {finding.code} {finding.message}", *chain_of(finding)]
    LOGGER.warning("%s", printable("; ".join(steps)))
