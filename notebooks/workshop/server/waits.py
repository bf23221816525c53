"""Notices an event loop that stands still while something waits, in the server process or in a kernel."""

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakSet

# A machine that is busy, or was asleep, gives neither thread a turn: so turns are counted, not seconds.
TURN, TURNS = 0.1, 30  # seconds that this thread waits at a time, and how often, until the loop counts as blocked
ASLEEP: WeakSet[threading.Event] = WeakSet()  # who wants to know when a loop's thread is put to sleep
STARTS_A_THREAD = threading.Thread.start.__code__  # it waits a moment, as every hop to a new thread does


def loop_of_this_thread() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that is running in this thread, if one is."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def takes_its_turn(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell, in another thread than the loop's, whether the loop serves somebody else while this thread waits."""
    served = threading.Event()
    try:
        loop.call_soon_threadsafe(served.set)
    except RuntimeError:  # the loop has been closed: nobody is left to be served
        return True
    return any(served.wait(TURN) for _turn in range(TURNS))


def settled_loop() -> threading.Event:
    """Return an event that is set when the loop of this thread serves others again, or is put to sleep."""
    settled = threading.Event()
    ASLEEP.add(settled)
    asyncio.get_running_loop().call_soon(settled.set)
    return settled


@contextmanager
def blocking_calls(notice: Callable[[str], Callable[[], None] | None]) -> Iterator[None]:
    """Within the block, say which call puts a thread to sleep in which an event loop is running.

    Those are `time.sleep`, and what waits for another thread: `Future.result`, `Event.wait`, `Queue.get`. What `notice`
    returns is called when the thread goes on.
    """
    sleep, wait = time.sleep, threading.Condition.wait

    def noticed(call: str) -> Callable[[], None] | None:
        goes_on = notice(call)
        for settled in list(ASLEEP):
            settled.set()
        return goes_on

    def watched_sleep(seconds: float) -> None:
        goes_on = noticed("time.sleep") if seconds > 0 and loop_of_this_thread() else None
        sleep(seconds)
        if goes_on:
            goes_on()

    def watched_wait(condition: threading.Condition, timeout: float | None = None) -> bool:
        # An executor that looks for an idle thread waits for no time at all.
        waits = timeout is None or timeout > 0
        held_up = waits and loop_of_this_thread() and sys._getframe(2).f_code is not STARTS_A_THREAD
        goes_on = noticed("another thread") if held_up else None
        try:
            return wait(condition, timeout)
        finally:
            if goes_on:
                goes_on()

    time.sleep = watched_sleep  # type: ignore[assignment]
    threading.Condition.wait = watched_wait  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        time.sleep = sleep
        threading.Condition.wait = wait  # type: ignore[method-assign]
