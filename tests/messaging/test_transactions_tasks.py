"""Many blocks of aatomic() at once, and the tasks that a block starts."""

import asyncio
import threading
from contextvars import copy_context

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection, transaction

from messaging.models import Message
from messaging.transactions import aatomic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("block_connections")]
BLOCKS = 50


class RefusedError(Exception):
    """What a failing block raises."""


@sync_to_async
def ask(sql):
    """Return the first column of what the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"


async def test_fifty_blocks_of_which_half_fail(write, stored, block_connections):
    postgres = connection.vendor == "postgresql"
    # SQLite has one writer at a time; on PostgreSQL they are all open at once.
    everybody, pids = asyncio.Barrier(BLOCKS if postgres else 1), set()

    async def block(number):
        async with aatomic():
            await write(str(number))
            if postgres:
                pids.update(await ask("SELECT pg_backend_pid()"))
            await asyncio.wait_for(everybody.wait(), 60)
            if number % 2:
                raise RefusedError(number)

    ends = await asyncio.gather(*(block(number) for number in range(BLOCKS)), return_exceptions=True)
    assert [type(end) for end in ends] == [type(None), RefusedError] * (BLOCKS // 2)
    assert sorted(map(int, await stored())) == list(range(0, BLOCKS, 2))
    assert len({id(wrapper) for wrapper in block_connections}) == BLOCKS
    if postgres:
        assert len(pids) == BLOCKS
        async with asyncio.timeout(30):  # a server process ends a moment after its client has gone
            while pids.intersection(await ask(BACKENDS)):
                pass


async def test_a_crowd_that_is_cancelled(write, stored, block_connections):
    """One is in its body. On SQLite all others wait to be entered; on PostgreSQL they are anywhere."""
    first, outside = asyncio.Event(), copy_context()

    async def block(number):
        async with aatomic():
            await write(str(number))
            first.set()
            await asyncio.Event().wait()

    tasks = [asyncio.create_task(block(number), context=outside.copy()) for number in range(BLOCKS)]
    await asyncio.wait_for(first.wait(), 60)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)
    assert await stored() == []


async def test_tasks_that_the_block_awaits_are_part_of_it(write, stored):
    async def block():
        async with aatomic():
            await asyncio.gather(write("one"), write("two"))
            assert await stored() == ["one", "two"]
            raise RefusedError

    with pytest.raises(RefusedError):
        await block()
    assert await stored() == []


async def test_a_task_of_the_block_cannot_open_a_nested_one(write, stored):
    async def child():
        async with aatomic():
            raise AssertionError("the block must not be entered")

    async with aatomic():
        await write("outer")
        with pytest.raises(RuntimeError, match="a transaction belongs to one task"):
            await asyncio.create_task(child())
    assert await stored() == ["outer"]


async def test_nor_can_async_code_below_a_sync_function(write, stored):
    """The function holds the block's thread, so the nested block would wait for it and it for the block."""

    @async_to_sync
    async def nested():
        async with aatomic():
            raise AssertionError("the block must not be entered")

    async with aatomic():
        await write("outer")
        with pytest.raises(RuntimeError, match="a transaction belongs to one task"):
            await sync_to_async(nested)()
    assert await stored() == ["outer"]


async def test_queries_of_async_code_below_a_sync_function_are_part_of_the_block(write, stored):
    async def block():
        async with aatomic():
            await sync_to_async(async_to_sync(write))("gone")
            assert await stored() == ["gone"]
            raise RefusedError

    with pytest.raises(RefusedError):
        await block()
    assert await stored() == []


async def test_a_task_that_outlives_its_block_gets_an_error_instead_of_a_query(write, stored):
    over = asyncio.Event()

    async def child():
        await over.wait()
        await write("late")

    async with aatomic():
        task = asyncio.create_task(child())
        await write("outer")
    over.set()
    with pytest.raises(RuntimeError, match="must finish before it exits"):
        await task
    assert await stored() == ["outer"]


async def test_such_a_task_cannot_write_between_commit_and_close(write, stored, gate):
    async def child():
        await gate.reached.wait()
        await write("late")

    async def block():
        async with aatomic():
            tasks.append(asyncio.create_task(child()))
            await sync_to_async(transaction.on_commit)(gate)

    tasks = []
    owner = asyncio.create_task(block())
    await gate.reached.wait()
    with pytest.raises(RuntimeError, match="must finish before it exits"):
        await tasks[0]
    gate.let_pass()
    await owner
    assert await stored() == []


async def test_a_task_that_was_started_before_the_block_is_no_part_of_it(write, stored):
    begun = asyncio.Event()

    async def bystander():
        await begun.wait()
        async with aatomic():
            await write("bystander")

    async def block():
        async with aatomic():
            await write("gone")
            begun.set()
            raise RefusedError

    task = asyncio.create_task(bystander())
    with pytest.raises(RefusedError):
        await block()
    await task
    assert await stored() == ["bystander"]


async def test_blocks_in_a_row_in_one_task(write, stored):
    for number in range(3):
        async with aatomic():
            await write(str(number))
    assert await stored() == ["0", "1", "2"]


def test_a_block_below_async_to_sync(ana, ben):
    """A script's code runs in the main thread there, and a block still in its own."""

    @async_to_sync
    async def main():
        async with aatomic():
            await Message.objects.acreate(sender=ana, recipient=ben, content="gone")
            assert await sync_to_async(threading.current_thread)() is not threading.main_thread()
            raise RefusedError

    with pytest.raises(RefusedError):
        main()
    assert not Message.objects.exists()
