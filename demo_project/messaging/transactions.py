"""Transactions of async code: `aatomic`, for work that awaits something between two statements.

The first choice is a sync function with `atomic()` inside, under `database_sync_to_async`: one hop, one connection.
`atomic()` entered and left through `sync_to_async` is none: tasks share a database thread and so its connection, they
write into each other's transaction, and a rollback takes with it what another task was told is stored.

Limits of `aatomic`:

- A block opens a connection and a thread of its own. Bound how many are open at once (`asyncio.Semaphore`). On SQLite
  a block also holds the one write lock: a block that awaits somebody else's write waits until that write gives up.
- It is no part of an `atomic()` around it, not even around `async_to_sync`. Tests need `TransactionTestCase`.
- A cancellation waits for the statement that is running. Around COMMIT it is raised although the rows may be stored.
- Tasks started inside a block share its transaction, as `gather` must; they cannot open a nested block, and a query
  after the block's end raises RuntimeError. Start what is to live longer before the block.
- A block is left in the task that entered it. An async generator must not yield inside: its consumer would share the
  transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import DEFAULT_DB_ALIAS, connections, transaction

_Block = tuple[ThreadPoolExecutor, asyncio.Task[Any] | None]
_current: ContextVar[_Block | None] = ContextVar("aatomic", default=None)


@asynccontextmanager
async def aatomic(using: str | None = None, savepoint: bool = True, durable: bool = False) -> AsyncIterator[None]:
    """Run a block in one transaction on a connection of its own; a nested block is a savepoint, as with `atomic`.

    Async ORM methods, `sync_to_async` and `database_sync_to_async` inside use that connection. Leaving with an error or
    a cancellation rolls back. Raises RuntimeError for a nested block in another task than the outer one's.
    """
    block = _current.get()
    if block is None:
        # Left in this order: later queries of tasks are refused, the transaction ends, the connection is closed.
        async with _own_thread() as executor, _transaction(executor, using, savepoint, durable), _routed_to(executor):
            yield
    else:
        executor, owner = block
        if asyncio.current_task() is not owner:
            raise RuntimeError(
                "This task was started inside the aatomic() of another one, and a transaction belongs to one task. "
                "Open the nested block in that task, or start this one before the outer block."
            )
        async with _transaction(executor, using, savepoint, durable):
            yield


@asynccontextmanager
async def _own_thread() -> AsyncIterator[ThreadPoolExecutor]:
    executor = ThreadPoolExecutor(1, "aatomic")
    try:
        yield executor
    finally:
        try:
            await _finish(executor, connections.close_all)
        finally:
            executor.shutdown(wait=False)


@asynccontextmanager
async def _transaction(
    executor: ThreadPoolExecutor, using: str | None, savepoint: bool, durable: bool
) -> AsyncIterator[None]:
    stack = ExitStack()

    def begin() -> None:
        # database_sync_to_async has Django close old connections around each call, and Django takes one in a
        # transaction for a broken one (its ticket 30448): the block's rows would be lost without an error.
        connections[using or DEFAULT_DB_ALIAS].close_if_unusable_or_obsolete = lambda: None
        stack.enter_context(transaction.atomic(using, savepoint, durable))

    try:
        await sync_to_async(begin, thread_sensitive=False, executor=executor)()
        yield
        await sync_to_async(stack.close, thread_sensitive=False, executor=executor)()
    except BaseException as error:
        # Begun or not, committed or not: a cancelled call may still be running. The thread does one call after the
        # other, and the stack then knows whether there is something to roll back.
        await _finish(executor, stack.__exit__, type(error), error, error.__traceback__)
        raise


@asynccontextmanager
async def _routed_to(executor: ThreadPoolExecutor) -> AsyncIterator[None]:
    # With an executor it holds inside an HTTP request, too, where Django has opened such a context already.
    async with ThreadSensitiveContext(executor=executor):
        token = _current.set((executor, asyncio.current_task()))
        try:
            yield
        finally:
            _current.reset(token)


async def _finish(executor: ThreadPoolExecutor, function: Callable[..., Any], *args: Any) -> None:
    """Wait for a call in the block's thread to the end, however often cancelled meanwhile; then raise that."""
    call = asyncio.get_running_loop().run_in_executor(executor, function, *args)
    cancelled = None
    while not call.done():
        try:
            await asyncio.wait([call])
        except asyncio.CancelledError as error:
            cancelled = error
    try:
        call.result()
    finally:
        if cancelled is not None:
            raise cancelled
