"""Finds what holds up an event loop: a thread that looks, some times in each threshold, at what all others do.

Nothing is patched for it, so no blocking call is forgotten: a sleep, a socket, a file, a password's hash, a long loop
of Python. `sys.addaudithook` tells of some calls, not how long they take, and cannot be taken back; asyncio's debug
mode tells how long a callback took, and not what it did. A callback is a frame of `Handle._run`: the same frame at
several looks is a callback that has not ended. Loops that are not asyncio's own, as uvloop's, have no such frame.

On a busy machine a thread waits for a core, which no program is to blame for: that time does not count, on Linux.
"""

import sys
import threading
import time
from asyncio import events
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from async_audit.live.stacks import Stack, stack_of

LOOKS = 4  # in a threshold
CALLBACK = events.Handle._run.__code__


class Clocks(NamedTuple):
    """What clocks say of a thread, in seconds: the time, and how long it has run so far, and waited for a core."""

    time: float
    ran: float = 0
    waited: float = 0
    can_run: bool = False

    def since(self, before: "Clocks") -> float:
        """Return for how long the thread has run or slept; of the wait that it is in, the system says nothing yet."""
        if self.can_run:
            return self.ran - before.ran
        return self.time - before.time - (self.waited - before.waited)


@dataclass
class Callback:
    """A callback that a loop is running, and what it did whenever somebody looked again."""

    frame: FrameType
    looks: int = 1
    seconds: float = 0
    clocks: Clocks | None = None
    stacks: Counter[Stack] = field(default_factory=Counter)
    worst: Stack | None = None


class Watchdog(threading.Thread):
    """Calls `report` with a stack and seconds, again and again, while a callback takes longer than a threshold.

    Calls `after` in the same thread whenever it has looked.
    """

    def __init__(self, threshold: float, report: Callable[[Stack, float], None], after: Callable[[], None]) -> None:
        super().__init__(name="async_audit.live", daemon=True)
        self._threshold, self._report, self._after = threshold, report, after
        self._callbacks: dict[int, Callback] = {}
        self._going_on = threading.Lock()  # an Event would make a lock of its own for each wait
        self._going_on.acquire()

    def run(self) -> None:
        """Look until somebody says stop."""
        while not self._going_on.acquire(timeout=self._threshold / LOOKS):
            self._look()
            self._after()

    def stop(self) -> None:
        """End the thread."""
        self._going_on.release()
        self.join()

    def _look(self) -> None:
        """Look at all loops. Few callbacks are met twice, and it is only of them that more is asked."""
        callbacks = {}
        for thread, frame in sys._current_frames().items():
            if running := callback_in(frame):
                callback = self._callbacks.get(thread)
                if callback and callback.frame is running:
                    self._see(callback, stack_of(frame), clocks_of(thread))
                else:
                    callback = Callback(running)
                callbacks[thread] = callback
        self._callbacks = callbacks

    def _see(self, callback: Callback, stack: Stack, clocks: Clocks) -> None:
        """Count a look. The number of looks decides, too, so that a machine that stood still accuses nobody."""
        callback.looks += 1
        callback.stacks[stack] += 1
        callback.seconds += clocks.since(callback.clocks) if callback.clocks else self._threshold / LOOKS
        callback.clocks = clocks
        if callback.looks > LOOKS and callback.seconds >= self._threshold:
            if callback.worst is None:
                [(callback.worst, _times)] = callback.stacks.most_common(1)
            self._report(callback.worst, callback.seconds)


def callback_in(frame: FrameType | None) -> FrameType | None:
    """Return the frame of the callback that a thread's loop is running, if it has a loop and that is not waiting."""
    while frame and frame.f_code is not CALLBACK:
        frame = frame.f_back
    return frame


def clocks_of(thread: int) -> Clocks:
    """Return what clocks say of a thread; of a core, Linux alone says something."""
    native = next((each.native_id for each in threading.enumerate() if each.ident == thread), None)
    files, now = Path(f"/proc/self/task/{native}"), time.monotonic()
    try:
        ran, waited = (int(number) / 1e9 for number in (files / "schedstat").read_text().split()[:2])
        state = (files / "stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return Clocks(now)
    return Clocks(now, ran, waited, can_run=state == "R")
