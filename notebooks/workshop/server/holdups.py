"""Reports what holds up the event loop and is no query: the program sleeps there, or waits for another thread.

Part of the server process, unless a check has started it: then `probes` looks at more than this.
"""

import itertools
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from frames import describe_call, project_frames
from waits import blocking_calls

NUMBERS = itertools.count()


def report_holdups(report: Callable[..., None]) -> AbstractContextManager[None]:
    """Watch from now on, as long as what is returned is kept."""

    def begin(_call: str) -> Callable[[], None] | None:
        frames = project_frames(sys._getframe(2))
        if not frames:
            return None
        number = next(NUMBERS)
        report("holdup", number=number, state="begun", label=describe_call(frames[0]))
        return lambda: report("holdup", number=number, state="ended")

    watch = blocking_calls(begin)
    watch.__enter__()
    return watch
