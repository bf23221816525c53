"""Reports every database call of the program: where it stands, in which thread it ran, whether a loop ran there.

Part of the server process; the program itself is not touched.
"""

import asyncio
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from asgiref.sync import SyncToAsync
from channels.consumer import AsyncConsumer
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from frames import describe_call, describe_frame, project_frames

# The program's frames that wait for the work of a database thread; asgiref carries context variables there.
AWAITING: ContextVar[list[dict[str, Any]]] = ContextVar("awaiting", default=[])  # noqa: B039 - never changed in place

# They run all the others; a view may have LinkUp's ASGI middleware among its callers.
PLUMBING = ("__call__", "dispatch", "guarded", "closed_afterwards", "in_its_thread")


def report_calls(report: Callable[..., None]) -> None:
    """Watch all connections and all hops to other threads from now on."""

    def report_call(outcome: str, sql: str | None = None) -> None:
        places = [*places_of(sys._getframe(2)), *AWAITING.get()]
        if places:  # else a framework's own query: session, user
            # The outermost function that says what is done: a method of the consumer, or a view.
            named = [place for place in places if place["function"] not in PLUMBING] or places
            methods = [place for place in named if place["consumer"]]
            method = (methods or named)[-1]["function"]
            functions = [place["function"] for place in places]
            thread = place_of_thread()
            report("call", where=places[0], functions=functions, method=method, outcome=outcome, sql=sql, **thread)

    def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return function(self, *args, **kwargs)
            except Exception as error:
                report_call(type(error).__name__)
                raise

        return watched

    def execute(send: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        writes = not sql.startswith("SELECT")
        if writes:
            report("write", state="sent")
        try:
            result = send(sql, params, many, context)
        except Exception as error:
            report_call(type(error).__name__, sql)
            raise
        finally:
            if writes:
                report("write", state="done")
        report_call("ok", sql)
        return result

    def watch(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
        if execute not in connection.execute_wrappers:
            connection.execute_wrappers.append(execute)

    # One guarded function calls the next (cursor, ensure_connection, connect), so these two entrances are enough.
    for name in ("cursor", "ensure_connection"):
        setattr(BaseDatabaseWrapper, name, guarded(getattr(BaseDatabaseWrapper, name)))
    connection_created.connect(watch, weak=False)

    hop = SyncToAsync.__call__

    async def remembered_hop(self: SyncToAsync, *args: Any, **kwargs: Any) -> Any:
        places = [*places_of(sys._getframe(1)), *AWAITING.get()]
        if places:
            report("hop", functions=[place["function"] for place in places])
        token = AWAITING.set(places)
        try:
            return await hop(self, *args, **kwargs)
        finally:
            AWAITING.reset(token)

    SyncToAsync.__call__ = remembered_hop  # type: ignore[method-assign]


def places_of(frame: Any) -> list[dict[str, Any]]:
    """Return the program's frames, innermost first, each with its call and whether a consumer's method."""
    return [
        describe_frame(f, f.f_lineno)
        | {"call": describe_call(f), "consumer": isinstance(f.f_locals.get("self"), AsyncConsumer)}
        for f in project_frames(frame)
    ]


def place_of_thread() -> dict[str, Any]:
    """Return which kind of thread this is, and whether an event loop is running in it."""
    try:
        asyncio.get_running_loop()
        running = True
    except RuntimeError:
        running = False
    is_main = threading.current_thread() is threading.main_thread()
    return {"thread": "event loop" if is_main else "worker", "loop": running}
