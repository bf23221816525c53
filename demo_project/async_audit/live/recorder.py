"""Records what goes wrong on event loops while a program runs, and turns it into findings like those of the source."""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from async_audit.findings import Place, shorten
from async_audit.frames import Frame
from async_audit.guess import shape_of
from async_audit.live.hooks import GUARDED, AnyCoroutine, listening
from async_audit.live.stacks import LiveFrame, Stack, frame_at, frames_of, from_last_async, way_down
from async_audit.live.watchdog import Watchdog
from async_audit.report import StaticFinding, Step
from async_audit.source import Project

Way = list[tuple[LiveFrame, Place]]  # from the frame to repair down, and how output names each
Found = dict[StaticFinding, int]  # and how often each was met
IMPORT = "<frozen importlib._bootstrap>"


class Dropped(NamedTuple):
    """A coroutine that was not awaited: its name, and the places that made it, innermost first; then its function."""

    name: str
    places: tuple[tuple[str, int, str], ...]


class Recorder:
    """Watches all loops of this process from `start` to `stop`.

    It keeps each stack once, with how often it was met: the memory grows with the number of places. Threads that meet
    one at the same moment may be counted as one.
    """

    def __init__(self, threshold: float, after: Callable[[], None]) -> None:
        """Take the seconds a callback may last; `after` is called at each look at the loops, in a thread of its own."""
        self._asked: Counter[Stack] = Counter()
        self._dropped: Counter[Dropped] = Counter()
        self._held: dict[Stack, float] = {}
        self._watchdog = Watchdog(threshold, self._hold, after)
        self._hooks = ExitStack()

    def start(self) -> None:
        """Begin to watch."""
        self._hooks.enter_context(listening(self._ask, self._drop))
        self._watchdog.start()

    def stop(self) -> None:
        """Stop watching, once the garbage collector has had a look at coroutines that nobody awaits."""
        gc.collect()
        self._watchdog.stop()
        self._hooks.close()

    def size(self) -> int:
        """Return a number that grows whenever something new is met."""
        return len(self._asked) + len(self._held) + len(self._dropped)

    def findings(self, base: Path) -> Iterator[tuple[StaticFinding, int]]:
        """Yield what was met so far in the project in a folder, and how often."""
        from async_audit.static.modules import is_test  # takes longer to import than many a program to start

        def way_of(frames: list[LiveFrame]) -> Way:
            way = way_down(frames, lambda frame: is_test(project.place(frame).path)) if frames else []
            return [(frame, project.place(frame)) for frame in way]

        project = Project(base)
        for stack, count in self._asked.copy().items():
            frames = from_last_async(frames_of(stack))
            if way := way_of(frames):
                code = shape_of(frames, frames[0] if frames[0].in_project else None)
                yield _finding(way, code, "asks the database on the event loop"), count
        for stack, seconds in self._held.copy().items():
            frames = from_last_async(frames_of(stack))
            way = way_of(frames)
            if way and way[0][0].in_project and not any(_is_known(frame) for frame in frames):
                held = f"the event loop stood still for {seconds * 1000:.0f} ms in {frames[-1].function}"
                yield _finding(way, "DAS101", held), 1
        for dropped, count in self._dropped.copy().items():
            made = (frame_at(*place) for place in dropped.places)
            if frame := next((frame for frame in made if frame.in_project), None):
                said = f"coroutine '{dropped.name}' was never awaited"
                yield _finding([(frame, project.place(frame))], "DAS007", said), count

    def _ask(self, stack: Stack) -> None:
        self._asked[stack] += 1

    def _drop(self, coroutine: AnyCoroutine) -> None:
        code = coroutine.cr_code
        definition = (code.co_filename, code.co_firstlineno, code.co_name)
        self._dropped[Dropped(coroutine.__qualname__, (*(coroutine.cr_origin or ()), definition))] += 1

    def _hold(self, stack: Stack, seconds: float) -> None:
        self._held[stack] = max(seconds, self._held.get(stack, 0))


def key_of(finding: StaticFinding) -> tuple[str, int, str, Step]:
    """Return what two findings of one place have in common: where to repair, what, and the line that asks."""
    return finding.path, finding.line, finding.code, finding.chain[-1]


def gathered(found: Iterable[tuple[StaticFinding, int]]) -> Found:
    """Return findings in order, each place once with how often it was met."""
    first: dict[tuple[str, int, str, Step], StaticFinding] = {}
    times = Counter[StaticFinding]()
    for finding, count in found:
        times[first.setdefault(key_of(finding), finding)] += count
    return dict(sorted(times.items()))


def _is_known(frame: Frame) -> bool:
    """Tell whether a frame says why the loop stands still: a guarded call, which is a finding, or an import, once."""
    return frame.path == IMPORT or (frame.path, frame.function) == (GUARDED.co_filename, GUARDED.co_name)


def _finding(way: Way, code: str, what: str) -> StaticFinding:
    """Return the finding at the frame to repair, with the way down to the last one that says something."""
    chain = tuple(Step(place.path, place.line, place.function) for _frame, place in way)
    source = shorten(way[-1][0].source)
    return StaticFinding(
        path=chain[0].path,
        line=chain[0].line,
        col=1,
        code=code,
        message=f"{what}: {source}" if source else what,
        function=chain[0].function,
        tier=1,
        chain=chain,
    )
