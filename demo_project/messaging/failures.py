"""What happens to an error in a chat: its client is told, the log gets one record, and the connection ends tidily."""

import asyncio
import contextlib
import inspect
import json
import logging
import sqlite3
import traceback
from types import TracebackType
from typing import Any
from uuid import UUID, uuid4

from autobahn.exception import Disconnected
from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

from messaging.backlog import Backlog
from messaging.protocol import CloseCode

logger = logging.getLogger("messaging")


class ClientGone(Exception):
    """A frame was not sent, as one side has closed the socket; the event that says so is still on its way."""


class ReportingConsumer(AsyncWebsocketConsumer):
    """A consumer that reports its failures, and that runs `leave` however its connection ends."""

    operation = "connect"
    conversation: str | None = None
    client_id: UUID | None = None  # of the message that is being stored

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one connection."""
        self.connection_id = uuid4()
        self.backlog = Backlog()
        try:
            async with FailureReport(self):
                await super().__call__(scope, receive, send)
        except asyncio.CancelledError:  # so the server ends, and the page shall come back to its successor
            with contextlib.suppress(ClientGone):
                await self.end(CloseCode.TRY_AGAIN_LATER)
            raise
        finally:
            self.operation = "leave"
            async with FailureReport(self):
                await self.leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one event; a database that is away for a moment costs the event, not an open chat."""
        self.operation, self.client_id = get_handler_name(message), None
        try:
            # Not super().dispatch: for each event, it goes to the database thread first to close old connections. Here
            # each database call does that itself, in its own hop.
            await getattr(self, self.operation)(message)
            self.operation = "wait for an event"
        except (OperationalError, InterfaceError, RedisError) as error:
            if is_a_mistake(error):
                raise
            failure_id = log_failure(error, self, with_traceback=True)
            detail = "LinkUp cannot do this now. Try again later."
            await self.send_error("unavailable", detail, self.client_id, failure_id)
            if self.operation == "websocket_connect":
                await self.end(CloseCode.TRY_AGAIN_LATER)

    async def leave(self) -> None:
        """Give back what the connection holds."""

    async def end(self, code: CloseCode) -> None:
        """Close the socket. Raises ClientGone when it is closed."""
        try:
            await self.close(code.value)
        except (Disconnected, OSError) as error:
            raise ClientGone from error

    async def publish(self, group: str, event: dict[str, Any]) -> None:
        """Send an event to a group. If the layer is away, nobody hears it; what counts is stored."""
        try:
            await self.channel_layer.group_send(group, event)
        except RedisError as error:
            log_failure(error, self, with_traceback=True)

    async def send_frame(self, kind: str, **fields: Any) -> None:
        """Send one frame of the protocol, as short as JSON allows. Raises ClientGone when the socket is closed.

        A client that does not read is closed; a page of which that is not true comes back.
        """
        text = json.dumps({"type": kind, **fields}, ensure_ascii=False)
        self.backlog.add(len(text.encode()))
        if self.backlog.is_too_long:
            await self.end(CloseCode.TRY_AGAIN_LATER)
            raise ClientGone
        try:
            await self.send(text)
        except (Disconnected, OSError) as error:  # from Daphne 4.2, and from other servers as ASGI 2.4 has it
            raise ClientGone from error
        if token := self.backlog.question():
            await self.send_frame("ping", token=token)

    async def send_error(
        self, code: str, detail: str, client_id: UUID | None = None, failure_id: str | None = None
    ) -> None:
        """Tell the client what was not done, and why."""
        message = str(client_id) if client_id else None
        await self.send_frame("error", code=code, detail=detail, client_id=message, failure_id=failure_id)


class FailureReport:
    """Tells client and log of an exception that leaves the block, and lets it go on to the server.

    The server logs its traceback, with the failure's id as a note, and closes the socket with 1011. ClientGone ends
    here: that a client goes while it is sent something is no failure.

    async with FailureReport(consumer): …
    """

    def __init__(self, consumer: ReportingConsumer) -> None:
        self.consumer = consumer

    async def __aenter__(self) -> None:
        return

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> bool:
        if isinstance(error, Exception) and not isinstance(error, ClientGone):  # and no cancellation
            failure_id = log_failure(error, self.consumer)
            error.add_note(f"chat failure {failure_id}")
            with contextlib.suppress(ClientGone):
                await self.consumer.send_error(
                    "internal", "LinkUp made a mistake.", self.consumer.client_id, failure_id
                )
        return isinstance(error, ClientGone)


def is_a_mistake(error: Exception) -> bool:
    """Tell whether a database error is one of the program: SQLite has the same class for "no such column" as well."""
    return getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def log_failure(error: Exception, consumer: ReportingConsumer, with_traceback: bool = False) -> str:
    """Write one log record with all that is known of a failure, and return the id it has there.

    Name and traceback of the error are left to whoever handles it in the end, so that a log has them once.
    """
    frame_to_fix, in_worker = locate(error)
    facts: dict[str, Any] = {
        "failure_id": uuid4().hex[:12],
        "operation": consumer.operation,
        "user_id": consumer.scope["user"].pk,
        "conversation": consumer.conversation,
        "connection_id": str(consumer.connection_id),
        "failed_in": "database thread" if in_worker else "event loop thread",
        "loop_was_running": not in_worker,
        "frame_to_fix": frame_to_fix,
    }
    text = ", ".join(f"{name} {value}" for name, value in facts.items())
    logger.error("chat failure: %s", text, exc_info=error if with_traceback else None, extra=facts)
    return facts["failure_id"]


def locate(error: Exception) -> tuple[str | None, bool]:
    """Return the innermost async function of this project that an error came through, and whether it left the loop.

    The first as "file:line in function": there the work can still be sent to another thread, also when the line that
    failed stands in a sync function below it.
    """
    home, frame_to_fix, in_worker = f"{settings.BASE_DIR}/", None, False
    for frame, line in traceback.walk_tb(error.__traceback__):
        code, path = frame.f_code, frame.f_code.co_filename
        if code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
            in_worker = False
            if path.startswith(home) and "site-packages" not in path:
                frame_to_fix = f"{path.removeprefix(home)}:{line} in {code.co_name}"
        elif code.co_name == "thread_handler":  # asgiref's, the first frame in the other thread
            in_worker = True
    return frame_to_fix, in_worker
