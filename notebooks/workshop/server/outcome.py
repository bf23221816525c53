"""What became of one program: its error, its result in a form that two runs can be compared by, what it printed.

Part of the gallery's process.
"""

import inspect
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import SynchronousOnlyOperation
from django.db.models import Model
from django.http import HttpResponse
from frames import root

ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
MANY = 100  # of what a result may have; nothing here has more


def plain(value: Any) -> Any:
    """Return a result without addresses, times and identity; what is lazy is asked now, where no loop runs."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Model():
            return f"{value._meta.object_name} {value.pk}"
        case HttpResponse():
            if not getattr(value, "is_rendered", True):
                value.render()
            return f"{value.status_code} {value.content.decode()}"
        case Mapping():
            return {str(plain(key)): plain(each) for key, each in value.items()}
        case set() | frozenset():
            return sorted((plain(each) for each in value), key=str)
        case BaseException():
            return f"{type(value).__name__}: {value}"
        case bytes():
            return f"{len(value)} bytes"
    if inspect.iscoroutine(value):
        value.close()
        return "coroutine"
    if isinstance(value, Iterable):
        return [plain(each) for each, _n in zip(value, range(MANY), strict=False)]
    return type(value).__name__


def told(error: BaseException | None) -> dict[str, Any]:
    """Return what the interpreter says of an error, and its place by the rule of async_audit.logs."""
    return {
        "error": type(error).__name__ if error else None,
        "message": str(error or ""),
        "soo": isinstance(error, SynchronousOnlyOperation),
        "place": deepest_async(error) if error else None,
        "guard": guard_of(error) if isinstance(error, SynchronousOnlyOperation) else None,
    }


def guard_of(error: BaseException) -> str | None:
    """Return which function Django guards was called: "django.db.backends.base.base.BaseDatabaseWrapper.cursor"."""
    *_callers, (frame, _line) = traceback.walk_tb(error.__traceback__)
    function = frame.f_locals.get("func")  # of the wrapper that @async_unsafe has put around it
    return f"{function.__module__}.{function.__qualname__}" if function else None


def deepest_async(error: BaseException) -> tuple[str, int] | None:
    """Return the place of the deepest frame in an `async def` of the gallery."""
    places = [
        (Path(frame.f_code.co_filename), line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_flags & ASYNC and not frame.f_code.co_name.startswith("<")
    ]
    inside = [(path.relative_to(root()).as_posix(), line) for path, line in places if path.is_relative_to(root())]
    return inside[-1] if inside else None
