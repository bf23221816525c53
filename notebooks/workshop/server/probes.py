"""What a check looks at in the running program, besides its answers: who waits, and what is given back.

Part of the server process, and only of one that a check has started. It reports
    stall        the event loop stands still, in a blocking call or while a statement waits in another thread
    late         a statement that a function has started and not awaited
    split        a transaction that is left open in the thread of all sockets, between two hops
    connection   a database connection that is opened or closed, and whether it is that thread's
"""

import asyncio
import functools
import importlib
import inspect
import itertools
import sys
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from asgiref.sync import SyncToAsync, iscoroutinefunction, markcoroutinefunction
from connections import is_shared_thread, report_connections
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from frames import describe_frame, project_frames
from waits import blocking_calls, loop_of_this_thread, takes_its_turn

CALL: ContextVar[int | None] = ContextVar("call", default=None)  # which call of the watched function this work is of


class Probes:
    """Watches one server process, and one function of the program: "messaging/async_handlers.py:find_user"."""

    def __init__(self, report: Callable[..., None], watched: str) -> None:
        self.report = report
        self.file, _colon, self.name = watched.rpartition(":")
        self.loop: asyncio.AbstractEventLoop | None = None
        self.ended: set[int] = set()  # calls of the watched function
        self.has_stalled = False
        self.blocking = blocking_calls(self.blocked)  # kept: one that is forgotten would end at once

    def install(self) -> None:
        """Begin, before the program is loaded, so that it gets what is watched."""
        self.blocking.__enter__()
        report_connections(self.report)
        connection_created.connect(self.opened, weak=False)
        self.report_split_transactions()

    def serving(self, application: Any) -> Any:
        """Wrap the ASGI application of the program: the loop that runs it is the one to watch."""
        self.watch_function()

        async def application_served(scope: dict, receive: Any, send: Any) -> None:
            self.loop = asyncio.get_running_loop()
            await application(scope, receive, send)

        return application_served

    def blocked(self, call: str) -> None:
        """Report a call of the program's that blocks the loop."""
        frames = project_frames(sys._getframe(2))
        if frames and not self.has_stalled:
            self.has_stalled = True
            self.report("stall", where=describe_frame(frames[0], frames[0].f_lineno), waits=call)

    def opened(self, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
        """Watch a new connection's statements."""
        if self.execute not in connection.execute_wrappers:
            connection.execute_wrappers.append(self.execute)

    def execute(self, send: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Before a statement in another thread, see that the loop serves somebody else; after it, who still waits."""
        loop = self.loop
        if loop and not self.has_stalled and loop_of_this_thread() is None and not takes_its_turn(loop):
            self.has_stalled = True
            self.report("stall", where=None, waits="a query")
        try:
            return send(sql, params, many, context)
        finally:
            if CALL.get() in self.ended:
                self.report("late", sql=sql)

    def report_split_transactions(self) -> None:
        """Look after each hop whether a transaction is still open."""
        handler = SyncToAsync.thread_handler

        def handled(hop: SyncToAsync, *args: Any, **kwargs: Any) -> Any:
            try:
                return handler(hop, *args, **kwargs)
            finally:
                if is_shared_thread() and any(is_in_transaction(each) for each in connections.all(True)):
                    self.report("split")

        SyncToAsync.thread_handler = handled

    def watch_function(self) -> None:
        """Put the watched function under watch wherever the program has its name."""
        # Django loads the views when they are first asked for, and would keep what it got.
        module = importlib.import_module(self.file.removesuffix(".py").replace("/", "."))
        function = getattr(module, self.name, None)
        if not callable(function) or inspect.isclass(function):
            return

        def watched(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            return self.finish(result) if inspect.isawaitable(result) else result

        functools.update_wrapper(watched, function)
        if iscoroutinefunction(function):  # else Django calls it in a thread
            markcoroutinefunction(watched)
        for name in [name for name in sys.modules if name.partition(".")[0] == module.__name__.partition(".")[0]]:
            for attribute, value in list(vars(sys.modules[name]).items()):
                if value is function:
                    setattr(sys.modules[name], attribute, watched)

    async def finish(self, awaitable: Awaitable[Any]) -> Any:
        """Await one call of the watched function; what runs for it afterwards is late."""
        number = next(NUMBERS)
        token = CALL.set(number)
        try:
            result = await awaitable
        finally:
            CALL.reset(token)
        self.ended.add(number)  # not of a call that failed or was cancelled: its thread may still be at work
        return result


NUMBERS = itertools.count(1)


def is_in_transaction(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether a connection has begun a transaction, in whichever way."""
    return connection.connection is not None and (connection.in_atomic_block or not connection.autocommit)
