"""The stack of a thread whose event loop is running, and which of its frames is the one to repair."""

import inspect
import linecache
from asyncio import base_events
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from async_audit.frames import Frame

Stack = tuple[tuple[str, int, str, bool], ...]  # file, line, function, and whether it is async; innermost first

ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR | inspect.CO_ITERABLE_COROUTINE
OWN = str(Path(__file__).parent)
TURN = base_events.BaseEventLoop._run_once.__code__  # type: ignore[attr-defined]


@dataclass
class LiveFrame(Frame):
    """A frame of a running program, of which it is known whether it is that of an `async def`."""

    is_async: bool = False

    @property
    def in_project(self) -> bool:
        """Tell whether somebody in the project wrote it; generated code, as of a dataclass, nobody did."""
        return super().in_project and not self.path.startswith(("<", OWN))


def outwards(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield a frame and its callers, up to the turn of the event loop that they are in."""
    while frame and frame.f_code is not TURN:
        yield frame
        frame = frame.f_back


def stack_of(frame: FrameType | None) -> Stack:
    """Return what is kept of a frame and its callers: no object of the program."""
    return tuple(
        (each.f_code.co_filename, each.f_lineno, each.f_code.co_name, bool(each.f_code.co_flags & ASYNC))
        for each in outwards(frame)
    )


def frames_of(stack: Stack) -> list[LiveFrame]:
    """Return the frames of a stack, outermost first."""
    return [frame_at(*place) for place in reversed(stack)]


def frame_at(path: str, line: int, function: str, is_async: bool = False) -> LiveFrame:
    """Return a frame with its line of source."""
    return LiveFrame(path, line, function, linecache.getline(path, line).strip(), is_async=is_async)


def from_last_async(frames: list[LiveFrame]) -> list[LiveFrame]:
    """Return the frames from the deepest async one on; the first of the project among them is the one to repair.

    That async frame may be a package's, as where a framework calls a plain function of the project on the loop. One
    below which nothing is the project's is passed over while there is another. Without any, the loop itself calls the
    project; or it is out of sight, and all that is known is who asks.
    """
    deepest, has_own = len(frames), False
    for n, frame in reversed(list(enumerate(frames))):
        has_own = has_own or frame.in_project
        if frame.is_async and not frame.function.startswith("<"):
            if has_own:
                return frames[n:]
            deepest = n if deepest == len(frames) else deepest
    if not has_own:
        return frames[deepest:]
    is_called_back = any("/asyncio/" in frame.path for frame in frames)
    return frames if is_called_back else frames[max(n for n, frame in enumerate(frames) if frame.in_project) :]


def way_down(frames: list[LiveFrame], is_test: Callable[[LiveFrame], bool]) -> list[LiveFrame]:
    """Return what a reader needs of such frames: the project's, and the package's async one where that is the deepest.

    That one alone where the project's are of a test, which is not to blame for what a framework does on its behalf.
    """
    *_others, deepest = [frame for frame in frames if frame.is_async or frame is frames[0]]
    own = [frame for frame in frames if frame.in_project]
    if deepest.in_project or (own and deepest is frames[0]):
        return own
    return [deepest] if not own or is_test(own[0]) else [*own, deepest]
