"""A consumer hears from its client; with a heartbeat it also hears from the clock, in between and one at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]


def with_heartbeat(receive: Receive, seconds: float) -> Receive:
    """Return an ASGI `receive` that also gives an event of type "chat.heartbeat" every so many seconds."""
    clock = asyncio.get_running_loop().time
    next_beat = clock() + seconds

    async def receive_or_beat() -> dict[str, Any]:
        nonlocal next_beat
        try:
            # A client that never stops sending must not hold it up, so the time is looked at first.
            if clock() < next_beat:
                async with asyncio.timeout_at(next_beat):
                    return await receive()
        except TimeoutError:
            pass
        next_beat = clock() + seconds
        return {"type": "chat.heartbeat"}

    return receive_or_beat
