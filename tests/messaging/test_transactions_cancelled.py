"""A cancelled block of aatomic() is rolled back, wherever the cancellation finds it."""

import asyncio

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import InterfaceError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from messaging.models import Message
from messaging.transactions import aatomic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("block_connections")]


async def cancel(task, times=1):
    """Cancel a task that must not end yet, and give it the turns in which it could."""
    for _ in range(times):
        task.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
        assert not task.done()


@pytest.fixture
def gate_in(gate, monkeypatch):
    """Put the gate in front of a method of database connections."""

    def put(method):
        original = getattr(BaseDatabaseWrapper, method)

        def gated(self):
            gate()
            original(self)

        monkeypatch.setattr(BaseDatabaseWrapper, method, gated)

    return put


async def test_while_the_block_waits(write, stored):
    reached = asyncio.Event()

    async def block():
        async with aatomic():
            await write("gone")
            reached.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(block())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await stored() == []


async def test_during_a_statement_the_rollback_waits_for_its_end(ana, ben, write, stored, gate):
    def slow():
        gate()
        Message.objects.create(sender=ana, recipient=ben, content="gone")

    async def block():
        async with aatomic():
            await write("gone")
            await sync_to_async(slow)()

    task = asyncio.create_task(block())
    await gate.reached.wait()
    await cancel(task)
    gate.let_pass()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await stored() == []


async def test_while_the_block_is_entered(gate, block_connections):
    """The connection is open, then, and the transaction may be begun; the body is never run."""
    connection_created.connect(gate)
    try:
        entered = False

        async def block():
            nonlocal entered
            async with aatomic():
                entered = True

        task = asyncio.create_task(block())
        await gate.reached.wait()
        await cancel(task)
        gate.let_pass()
        with pytest.raises(asyncio.CancelledError):
            await task
    finally:
        connection_created.disconnect(gate)
    assert not entered
    assert len(block_connections) == 1


async def test_while_an_inner_block_waits_to_be_entered(write, stored, gate):
    """The entry that never began is not undone: the savepoint that it would have set does not exist."""
    entered, busy = False, asyncio.Event()

    async def block():
        nonlocal entered
        async with aatomic():
            await write("outer")
            slow = asyncio.create_task(sync_to_async(gate)())
            await gate.reached.wait()
            busy.set()
            with pytest.raises(asyncio.CancelledError):
                async with aatomic():
                    entered = True
            asyncio.current_task().uncancel()
            await slow
            await write("after")

    task = asyncio.create_task(block())
    await busy.wait()
    await cancel(task)
    gate.let_pass()
    await task
    assert not entered
    assert await stored() == ["outer", "after"]


@pytest.mark.parametrize("times", [1, 3, 2000])
async def test_again_while_it_rolls_back(write, stored, gate, gate_in, times):
    async def block():
        async with aatomic():
            await write("gone")
            gate_in("rollback")
            raise KeyError

    task = asyncio.create_task(block())
    await gate.reached.wait()
    await cancel(task, times)
    gate.let_pass()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert isinstance(caught.value.__context__, KeyError)
    assert await stored() == []


async def test_while_its_connection_is_closed(write, stored, gate, gate_in):
    """One of the cancellations that are raised although the rows are stored."""

    async def block():
        async with aatomic():
            await write("stored")
            gate_in("close")

    task = asyncio.create_task(block())
    await gate.reached.wait()
    await cancel(task, 3)
    gate.let_pass()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await stored() == ["stored"]


@pytest.mark.parametrize(("times", "raised"), [(0, InterfaceError), (1, asyncio.CancelledError)])
async def test_a_cancellation_goes_before_an_error_of_the_clean_up(write, gate, monkeypatch, times, raised):
    close = BaseDatabaseWrapper.close

    def fail(self):
        close(self)
        gate()
        raise InterfaceError

    async def block():
        async with aatomic():
            await write("stored")
            monkeypatch.setattr(BaseDatabaseWrapper, "close", fail)

    task = asyncio.create_task(block())
    await gate.reached.wait()
    monkeypatch.undo()
    await cancel(task, times)
    gate.let_pass()
    with pytest.raises(raised) as caught:
        await task
    assert InterfaceError in (type(caught.value), type(caught.value.__context__))


async def test_before_commit_begins_it_is_a_rollback(write, stored, gate):
    """A task of the block keeps its thread busy, so COMMIT waits in the queue."""
    waiting, ended = [], asyncio.Event()

    async def block():
        async with aatomic():
            await write("gone")
            waiting.append(asyncio.create_task(sync_to_async(gate)()))
            await gate.reached.wait()
            ended.set()

    task = asyncio.create_task(block())
    await ended.wait()
    await cancel(task)
    gate.let_pass()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.gather(*waiting)
    assert await stored() == []


async def test_after_commit_has_begun_the_rows_may_be_stored(write, stored, gate):
    async def block():
        async with aatomic():
            await write("stored")
            await sync_to_async(transaction.on_commit)(gate)

    task = asyncio.create_task(block())
    await gate.reached.wait()
    assert await stored() == ["stored"]
    await cancel(task)
    gate.let_pass()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await stored() == ["stored"]


async def time_out(write):
    async with asyncio.timeout(None) as limit, aatomic():
        await write("gone")
        limit.reschedule(asyncio.get_running_loop().time())
        await asyncio.Event().wait()


async def test_a_timeout_is_a_timeout(write, stored):
    with pytest.raises(TimeoutError):
        await time_out(write)
    assert await stored() == []


async def test_a_timeout_of_an_inner_block_leaves_the_outer_one_usable(write, stored):
    async with aatomic():
        await write("outer")
        with pytest.raises(TimeoutError):
            await time_out(write)
        await write("after")
    assert await stored() == ["outer", "after"]


def test_by_the_end_of_the_loop(write, stored):
    """asyncio.run() cancels every task that is left, once."""
    tasks = []

    async def main():
        begun = asyncio.Event()

        async def block():
            async with aatomic():
                await write("gone")
                begun.set()
                await asyncio.Event().wait()

        tasks.append(asyncio.create_task(block()))
        await begun.wait()

    asyncio.run(main())
    assert tasks[0].cancelled()
    assert async_to_sync(stored)() == []


async def test_a_block_left_in_another_task_is_rolled_back_and_closed(write, stored):
    """An async generator that is dropped half-way is closed by a task of the loop."""

    async def generate():
        async with aatomic():
            await write("gone")
            yield

    generator = generate()
    await asyncio.create_task(anext(generator))
    with pytest.raises(ValueError, match="created in a different Context"):
        await asyncio.create_task(generator.aclose())
    assert await stored() == []
