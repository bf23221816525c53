"""What is replaced in Python and Django while somebody listens, and put back afterwards.

Each function that Django guards asks `get_running_loop` of `django.utils.asyncio` first, before it reads
DJANGO_ALLOW_ASYNC_UNSAFE and before it raises: whoever stands there sees each guarded call on a loop, whatever becomes
of the error. Python tells `_warn_unawaited_coroutine` of each coroutine that was not awaited, before any filter of
warnings. Where a coroutine was made is kept in threads alone that ask for it, so each new thread asks first.
"""

import sys
import threading
import warnings
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CoroutineType, FrameType
from typing import Any, TypeAlias
from unittest.mock import patch

import django.utils.asyncio

from async_audit.live.stacks import Stack, outwards, stack_of

AnyCoroutine: TypeAlias = "CoroutineType[Any, Any, Any]"
DEPTH = 2  # frames: the coroutine of a manager's method is made by a line of Django's
GUARDED = django.utils.asyncio.async_unsafe(lambda: None).__code__


@contextmanager
def listening(asked: Callable[[Stack], None], dropped: Callable[[AnyCoroutine], None]) -> Iterator[None]:
    """Tell of each guarded call on a loop, by its stack, and of each coroutine that was not awaited."""
    loop_of_thread = django.utils.asyncio.get_running_loop
    profile = threading.getprofile()
    depth = sys.get_coroutine_origin_tracking_depth()

    def get_running_loop() -> AbstractEventLoop:
        loop = loop_of_thread()  # raises where none runs, as it is meant to
        caller = sys._getframe(1)
        if sum(frame.f_code is GUARDED for frame in outwards(caller)) == 1:  # else one guarded function calls the next
            asked(stack_of(caller))
        return loop

    def begin_thread(frame: FrameType, event: Any, argument: Any) -> Any:
        keep_origins()
        sys.setprofile(profile)
        return profile(frame, event, argument) if profile else None

    def tell_and_warn(coroutine: AnyCoroutine) -> None:
        dropped(coroutine)
        # what Python would say without origins, and of the same line
        text = f"coroutine '{coroutine.__qualname__}' was never awaited"
        warnings.warn(text, RuntimeWarning, stacklevel=2, source=coroutine)

    keep_origins()
    threading.setprofile(begin_thread)
    try:
        with (
            patch.object(django.utils.asyncio, "get_running_loop", get_running_loop),
            patch.object(warnings, "_warn_unawaited_coroutine", tell_and_warn),
        ):
            yield
    finally:
        threading.setprofile(profile)
        sys.set_coroutine_origin_tracking_depth(depth)


def keep_origins() -> None:
    """Have this thread's coroutines remember where they were made."""
    sys.set_coroutine_origin_tracking_depth(max(sys.get_coroutine_origin_tracking_depth(), DEPTH))
