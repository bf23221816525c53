"""Ends the chats of a server that is asked to end: their pages come back to its successor, and nobody seems online."""

import asyncio
from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred

from linkup.sockets import TurnAway
from linkup.this_machine_only import Application
from messaging.protocol import CloseCode

LONGEST = 8  # seconds; what starts servers often kills one that takes more than ten


class Draining:
    """Wraps an ASGI application; when Daphne is asked to end, it cancels the connections, and waits for their ends.

    Daphne 4.2 means to do that itself, but `Server.kill_all_applications` fails as soon as a socket is open: the HTTP
    connection that it began as is still in its list, and has no application. uvicorn does it; there this is idle.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self.connections: set[asyncio.Task[Any]] = set()
        self.is_ending = False
        reactor.addSystemEventTrigger("before", "shutdown", self.end)  # type: ignore[arg-type] # its stub has no name

    async def __call__(self, scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """Serve one connection; one that comes while the others end is closed, or nobody would wait for its end."""
        if self.is_ending:
            await TurnAway.as_asgi(code=CloseCode.TRY_AGAIN_LATER)(scope, receive, send)
            return
        task = asyncio.current_task()
        assert task
        self.connections.add(task)
        try:
            await self.application(scope, receive, send)
        finally:
            self.connections.discard(task)

    def end(self) -> Deferred[Any] | None:
        """Cancel what runs; return what tells Daphne that all of it has ended, or that LONGEST is over."""
        self.is_ending = True
        for task in self.connections:
            task.cancel()
        if not self.connections:
            return None
        return Deferred.fromFuture(asyncio.ensure_future(asyncio.wait(self.connections, timeout=LONGEST)))
