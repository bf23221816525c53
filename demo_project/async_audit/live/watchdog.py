"""Finds what holds up an event loop: a thread that looks, some times in each threshold, at what all others do.

Nothing is patched for it, so no blocking call is forgotten: a sleep, a socket, a file, a password's hash, a long loop
of Python. `sys.addaudithook` tells of some calls, not how long they take, and cannot be taken back; asyncio's debug
mode tells how long a callback took, and not what it did. A callback is a frame of `Handle._run`: the same frame at
several looks is a callback that has not ended. Loops that are not asyncio's own, as uvloop's, have no such frame.
"""

import sys
import threading
import time
from asyncio import events
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from async_audit.live.stacks import Stack, outwards, stack_of

LOOKS = 4  # in a threshold
CALLBACK = events.Handle._run.__code__


@dataclass
class Callback:
    """A callback that a loop is running, and what it did whenever somebody looked."""

    frame: FrameType
    since: float
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
        self._stopped = threading.Event()

    def run(self) -> None:
        """Look until somebody says stop."""
        while not self._stopped.wait(self._threshold / LOOKS):
            self._look()
            self._after()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        self.join()

    def _look(self) -> None:
        running = {thread: frame for thread, frame in sys._current_frames().items() if thread != self.ident}
        callbacks, now = {}, time.monotonic()
        for thread, frame in running.items():
            outermost = next((each for each in outwards(frame) if each.f_code is CALLBACK), None)
            if outermost:
                known = self._callbacks.get(thread)
                callback = known if known and known.frame is outermost else Callback(outermost, now)
                callbacks[thread] = callback
                self._see(callback, stack_of(frame), now)
        self._callbacks = callbacks

    def _see(self, callback: Callback, stack: Stack, now: float) -> None:
        """Count a look. The number of looks decides, so that a machine that stood still accuses nobody."""
        callback.stacks[stack] += 1
        if callback.stacks.total() > LOOKS:
            if callback.worst is None:
                [(callback.worst, _times)] = callback.stacks.most_common(1)
            self._report(callback.worst, now - callback.since)
