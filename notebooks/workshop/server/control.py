"""The control: the body of a program where no event loop runs. What it awaits is done on the spot, in its own thread.

Part of the gallery's process, and only of one run of it.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from asgiref.sync import SyncToAsync
from waits import loop_of_this_thread

PATIENCE = 1000  # times that a program may wait for nothing, as asyncio.sleep(0) does


def without_loop(program: Callable[[], Coroutine[Any, Any, Any]]) -> tuple[Any, BaseException | None]:
    """Return result and error of a program whose thread has no loop, neither now nor while it awaits something."""
    call = SyncToAsync.__call__

    async def on_the_spot(hop: SyncToAsync, *args: Any, **kwargs: Any) -> Any:
        if loop_of_this_thread():  # a program that starts one itself has it
            return await call(hop, *args, **kwargs)
        return hop.func(*args, **kwargs)

    SyncToAsync.__call__ = on_the_spot  # type: ignore[method-assign]
    ended: list[tuple[Any, BaseException | None]] = []
    thread = threading.Thread(target=lambda: ended.append(_drive(program)), name="no loop")
    thread.start()
    thread.join()
    return ended[0]


def _drive(program: Callable[[], Coroutine[Any, Any, Any]]) -> tuple[Any, BaseException | None]:
    try:
        coroutine = program()
        if not asyncio.iscoroutine(coroutine):
            return coroutine, None
        try:
            for _n in range(PATIENCE):
                coroutine.send(None)
        except StopIteration as end:
            return end.value, None
        coroutine.close()
        return None, RuntimeError("This program waits for something that only an event loop brings.")
    except Exception as error:  # noqa: BLE001 - whatever a program raises is its outcome
        return None, error
