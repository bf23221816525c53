"""What asyncio, asgiref and others have an event loop, or another thread, do."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from async_audit.static import calls
from async_audit.static.hooks import on_call
from async_audit.static.values import (
    UNKNOWN,
    Coroutine,
    FunctionValue,
    Items,
    LoopRuns,
    Outside,
    Partial,
    Threaded,
    Value,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment

Args = list[Value]
CALLING_BACK = ["call_soon", "call_later", "call_at", "call_soon_threadsafe", "add_reader", "add_writer"]
CALLING_BACK.append("add_signal_handler")


@on_call("django.core.cache.cache.aget_or_set", "django.core.cache.cache.get_or_set")
def cache_default(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Have the cache call a function on the loop."""
    for value in args:
        if isinstance(value, FunctionValue):
            summary = frame.engine.summary(value.function, value.bound, (), {})
            frame.absorb(summary.events, value.function, node, "DAS019", f"{frame.text(node.func)}() calls what")
    return Coroutine()


@on_call("asyncio.to_thread", "anyio.to_thread.run_sync", "starlette.concurrency.run_in_threadpool")
def to_thread(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Call a function in a thread."""
    return calls.apply(frame, node, Threaded(args[0], frame.text(node.func)), args[1:], kwargs) if args else UNKNOWN


@on_call(".run_in_executor", "asyncio.get_running_loop.run_in_executor", "asyncio.get_event_loop.run_in_executor")
def run_in_executor(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Call the second argument in a thread."""
    args = args[-len(node.args) :]
    if len(args) < 2:
        return UNKNOWN
    future = calls.apply(frame, node, Threaded(args[1], "run_in_executor"), args[2:], {})
    return Coroutine(frame.awaited(future))  # it works without being awaited


@on_call(*(f"asyncio.{name}" for name in ["create_task", "ensure_future", "wait_for", "shield", "timeout"]))
@on_call(".create_task", "asyncio.TaskGroup.create_task")
def schedules(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return a task that gives what its coroutine gives."""
    found = next((value for value in args if isinstance(value, Coroutine)), None)
    return Coroutine(found.result) if found else UNKNOWN


@on_call("asyncio.get_running_loop.is_running", "asyncio.get_event_loop.is_running")
@on_call("strawberry.utils.inspect.in_async_context")
def is_running(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Tell that the loop runs, as what is gone through here runs on it."""
    return LoopRuns()


@on_call("asyncio.gather")
def gathers(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Await all arguments."""
    return Coroutine(Items(tuple(map(frame.awaited, args))) if len(args) == len(node.args) else UNKNOWN)


@on_call(*(f".{name}" for name in [*CALLING_BACK, "add_done_callback"]))
@on_call(*(f"asyncio.{loop}.{name}" for loop in ("get_running_loop", "get_event_loop") for name in CALLING_BACK))
def calls_back(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Have the loop call a function."""
    for part, value in zip(node.args, args[-len(node.args) :] if node.args else [], strict=False):
        if isinstance(value, FunctionValue) and not value.function.is_async:
            summary = frame.engine.summary(value.function, value.bound, (), {})
            frame.absorb(summary.events, value.function, part, "DAS019", f"the event loop calls {frame.text(part)},")
    return UNKNOWN


@on_call("asgiref.sync.async_to_sync", "asgiref.sync.AsyncToSync")
def async_to_sync(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return a function that may not be called where a loop runs."""
    return Partial(Outside("async_to_sync"), tuple(args[:1]), ()) if args else Outside("asgiref.sync.async_to_sync")


@on_call("async_to_sync")
def call_async_to_sync(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Note a call that waits for the loop it runs on."""
    frame.ask(node, "DAS018", f"{frame.text(node.func)}() cannot run where an event loop runs; await the function", 1)
    with frame.quietly():
        return frame.awaited(calls.apply(frame, node, args[0], args[1:], kwargs)) if args else UNKNOWN


@on_call("asyncio.run", ".run_until_complete", "asyncio.Runner.run")
def runs(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Note a second loop."""
    frame.ask(node, "DAS018", f"{frame.text(node.func)}() cannot run where an event loop runs; await the coroutine", 1)
    return frame.awaited(args[-1]) if args else UNKNOWN
