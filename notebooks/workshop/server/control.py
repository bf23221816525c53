"""The control: the body of a program where no event loop runs. What it awaits is done on the spot, in its own thread.

Part of the gallery's process, and only of one run of it.
"""

import asyncio
import functools
import threading
from collections.abc import Callable
from typing import Any

from asgiref.sync import SyncToAsync
from waits import loop_of_this_thread

PATIENCE = 1000  # times that a program may wait for nothing, as asyncio.sleep(0) does
Ended = tuple[Any, BaseException | None]


def without_loop(run: Callable[[], Ended]) -> Ended:
    """Return what a run gives in a thread that has no loop, neither now nor while a program awaits something."""
    call = SyncToAsync.__call__

    async def on_the_spot(hop: SyncToAsync, *args: Any, **kwargs: Any) -> Any:
        if loop_of_this_thread():  # a program that starts one itself has it
            return await call(hop, *args, **kwargs)
        return hop.func(*args, **kwargs)

    SyncToAsync.__call__ = on_the_spot  # type: ignore[method-assign]
    ended: list[Ended] = []
    thread = threading.Thread(target=lambda: ended.append(run()), name="no loop")
    thread.start()
    thread.join()
    return ended[0]


def as_plain(program: Callable[..., Any]) -> Callable[..., Any]:
    """Return a program as a plain function, which drives the coroutine itself."""

    @functools.wraps(program)
    def plain(*args: Any, **kwargs: Any) -> Any:
        coroutine = program(*args, **kwargs)
        if not asyncio.iscoroutine(coroutine):
            return coroutine
        try:
            for _n in range(PATIENCE):
                coroutine.send(None)
        except StopIteration as end:
            return end.value
        coroutine.close()
        raise RuntimeError("This program waits for something that only an event loop brings.")

    return plain
