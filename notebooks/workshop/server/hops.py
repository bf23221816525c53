"""Reports every hop of the program to another thread: when it was asked for, and when it was under way there.

Part of the server process; the program itself is not touched.
"""

import asyncio
import copy
import functools
import inspect
import itertools
import sys
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import SyncToAsync
from channels.consumer import AsyncConsumer
from frames import describe_call, describe_frame, is_project_file, project_frames
from threads import place_of_thread


@dataclass(frozen=True)
class Hop:
    """One call that was handed to another thread, and the program's frames that wait for it."""

    number: int | None = None
    places: list[dict[str, Any]] = field(default_factory=list)


HOP: ContextVar[Hop] = ContextVar("hop", default=Hop())  # noqa: B039 - frozen; asgiref carries it to the thread
NUMBERS = itertools.count()


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
