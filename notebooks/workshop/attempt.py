"""The check of lesson 00: a learner's function, tried in the kernel itself."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import CodeType
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.db.backends.utils import CursorWrapper

from .server.waits import blocking_calls, loop_of_this_thread, takes_its_turn

FLAG = "DJANGO_ALLOW_ASYNC_UNSAFE"
GUARD_OFF = (
    f"{FLAG} switches the guard off, not the danger: the query runs on the event loop, and everybody else waits. "
    "The variable is unset again; try once more without it."
)
ON_LOOP = "the query runs on the event loop thread, where everybody else waits for it."
STANDS_STILL = (
    "while the query waits, the event loop stands still: every other chat, every other request waits as well."
)
SLEEPS = "the event loop stands still in it: every other chat, every other request waits as well."


async def try_it(function: Callable[[], Awaitable[Any]] | Coroutine[Any, Any, Any], expected: Any) -> None:
    """Await a learner's function and print whether it returns what it should, from the database, and blocks nobody.

    await try_it(usernames, ["ana", "ben", "chloe"])
    """
    if isinstance(function, Coroutine):
        function.close()
        print("Not yet: hand over the function itself, without brackets: await try_it(usernames, …)")
        return
    print(await _judge(function, expected))


async def _judge(function: Callable[[], Awaitable[Any]], expected: Any) -> str:
    found: list[str] = [GUARD_OFF] if os.environ.pop(FLAG, None) else []
    try:
        with _watched(function, found):
            answer = await function()
        if os.environ.pop(FLAG, None):
            found.insert(0, GUARD_OFF)
        if found:
            return f"Not yet: {found[0]}"
        if answer != expected:
            return f"Not yet: it returned {answer!r}, and {expected!r} was asked for."
        async with _other_names(expected) as others:
            again = await function()
    except Exception as error:  # noqa: BLE001 - any mistake of a learner is worth one calm line
        return f"Not yet: {found[0]}" if found else f"Not yet: {type(error).__name__}: {error}"
    if again != others:
        return f"Not yet: the users have got other names in the database by now, and it still returned {again!r}."
    return "Solved."


@contextmanager
def _watched(function: Callable[..., Any], found: list[str]) -> Iterator[None]:
    """Note where a query runs, and whether the loop serves others meanwhile."""
    loop = asyncio.get_running_loop()
    execute = CursorWrapper.execute

    def watched(cursor: CursorWrapper, sql: str, params: Any = None) -> Any:
        if loop_of_this_thread():
            found.append(ON_LOOP)
        elif not found and not takes_its_turn(loop):
            found.append(STANDS_STILL)
        return execute(cursor, sql, params)

    def notice(_call: str) -> None:
        if _is_running(getattr(function, "__code__", None)):
            found.append(SLEEPS)

    CursorWrapper.execute = watched
    try:
        with blocking_calls(notice):
            yield
    finally:
        CursorWrapper.execute = execute


def _is_running(code: CodeType | None) -> bool:
    frame = sys._getframe()
    while frame.f_back:
        frame = frame.f_back
        if frame.f_code is code:
            return True
    return False


@asynccontextmanager
async def _other_names(expected: Any) -> AsyncIterator[Any]:
    """Give the users other names in the opposite order for the time of the block, and yield what is expected then."""
    users = get_user_model().objects

    def rename(names: dict[str, str]) -> None:
        for old, new in names.items():
            users.filter(username=old).update(username=new)

    texts = _texts(expected)
    names = {text: f"{len(texts) - n:02}_{text}_{secrets.token_hex(2)}" for n, text in enumerate(texts)}
    if names:
        await sync_to_async(rename)(names)
    try:
        yield _replaced(expected, names)
    finally:
        if names:
            await sync_to_async(rename)({new: old for old, new in names.items()})


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for each in value for text in _texts(each)] if isinstance(value, list | tuple | set) else []


def _replaced(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return names[value]
    if not isinstance(value, list | tuple | set):
        return value
    replaced = [_replaced(each, names) for each in value]
    return type(value)(sorted(replaced) if list(value) == sorted(value) else replaced)
