"""Reports every hop of the program to another thread: when it was asked for, and when it was under way there.

Part of the server process; the program itself is not touched.
"""

import asyncio
import copy
import functools
import inspect
import itertools
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import SyncToAsync
from channels.consumer import AsyncConsumer
from frames import describe_call, describe_frame, is_project_file, project_frames
from threads import place_of_thread
from waits import TURN, loop_of_this_thread, settled_loop


@dataclass(frozen=True)
class Hop:
    """One call that was handed to another thread, and the program's frames that wait for it."""

    number: int | None = None
    places: list[dict[str, Any]] = field(default_factory=list)


HOP: ContextVar[Hop] = ContextVar("hop", default=Hop())  # noqa: B039 - frozen; asgiref carries it to the thread
IN_THREAD = threading.local()  # its hop, where something else than asgiref has brought the work to a thread
NUMBERS = itertools.count()


def current_hop() -> Hop:
    """Return the hop that has brought this work to its thread."""
    hop = HOP.get()
    return hop if hop.number is not None else getattr(IN_THREAD, "hop", hop)


class Turns:
    """Numbers the turns of the event loop: what happens in one turn happens without a moment for anybody else."""

    def __init__(self) -> None:
        self.number = 0
        self.is_open = False

    def now(self) -> int:
        """Return the number of this turn."""
        if not self.is_open:
            self.number, self.is_open = self.number + 1, True
            asyncio.get_running_loop().call_soon(self.close)
        return self.number

    def close(self) -> None:
        """Give what comes next a number of its own."""
        self.is_open = False


TURNS = Turns()


def report_hops(report: Callable[..., None]) -> None:
    """Watch all hops from now on."""
    call = SyncToAsync.__call__

    async def watched(self: SyncToAsync, *args: Any, **kwargs: Any) -> Any:
        places = [*places_of(sys._getframe(1)), *HOP.get().places]
        if not places and not is_own(self.func):  # a framework's own
            return await call(self, *args, **kwargs)
        number, name = next(NUMBERS), getattr(self.func, "__name__", type(self.func).__name__)
        label = places[0]["call"].removeprefix("await ") if places else f"{name}(…)"
        functions = [place["function"] for place in places]
        report("hop", hop=number, functions=functions, work=name, label=label, turn=TURNS.now())
        one = copy.copy(self)  # others may be under way with the same object
        one.func = functools.partial(work, report, number, self.func)
        token = HOP.set(Hop(number, places))
        try:
            return await call(one, *args, **kwargs)
        finally:
            HOP.reset(token)

    SyncToAsync.__call__ = watched  # type: ignore[method-assign]
    report_submitted(report)


def report_submitted(report: Callable[..., None]) -> None:
    """Watch what the program hands to a pool past asgiref: `asyncio.to_thread`, `run_in_executor`, `submit`."""
    submit = ThreadPoolExecutor.submit

    def submitted(self: ThreadPoolExecutor, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        own = HOP.get().number is None and loop_of_this_thread() is not None
        places = places_of(sys._getframe(1)) if own else []
        if not places:
            return submit(self, function, *args, **kwargs)
        hop, label = Hop(next(NUMBERS), places), places[0]["call"].removeprefix("await ")
        functions = [place["function"] for place in places]
        report("hop", hop=hop.number, functions=functions, work=name_of(function), label=label, turn=TURNS.now())
        return submit(self, in_pool, report, hop, settled_loop(), functools.partial(function, *args, **kwargs))

    ThreadPoolExecutor.submit = submitted  # type: ignore[method-assign, assignment]


def in_pool(report: Callable[..., None], hop: Hop, settled: threading.Event, function: Callable[[], Any]) -> Any:
    """Do a hop's work in the thread of a pool, once it has shown whether the loop waits for it."""
    settled.wait(10 * TURN)
    IN_THREAD.hop = hop
    try:
        return work(report, int(hop.number or 0), function)
    finally:
        del IN_THREAD.hop


def name_of(function: Any) -> str:
    """Return the name of a function, also of one that runs in a context, as `asyncio.to_thread` has it."""
    while isinstance(function, functools.partial):
        function = function.args[0] if function.args else function.func
    return getattr(function, "__name__", type(function).__name__)


def work(report: Callable[..., None], hop: int, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function in its thread, and report the begin and the end."""
    report("work", state="begun", hop=hop, **place_of_thread())
    try:
        return function(*args, **kwargs)
    finally:
        report("work", state="ended", hop=hop, **place_of_thread())


def places_of(frame: Any) -> list[dict[str, Any]]:
    """Return the program's frames, innermost first, each with its call and whether a consumer's method."""
    return [
        describe_frame(f, f.f_lineno)
        | {"call": describe_call(f), "consumer": isinstance(f.f_locals.get("self"), AsyncConsumer)}
        for f in project_frames(frame)
    ]


def is_own(function: Any) -> bool:
    """Tell whether a function is the program's own, whatever it is wrapped in."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code is not None and is_project_file(code.co_filename)
