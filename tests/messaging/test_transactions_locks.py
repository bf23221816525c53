"""What PostgreSQL alone can show: row locks between two processes, and two transactions that write at once."""

import asyncio
import os
import sys
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError, connection, transaction

from messaging.models import Message
from messaging.transactions import aatomic
from needs import skip_or_fail
from workshop.scratch import PROJECT

ROUNDS = 100

# Counts on in a message, one block of aatomic() a round. With "pause" it says "read" in each and waits for a line.
PROGRAM = """
import asyncio, sys
import django
django.setup()
from messaging.models import Message
from messaging.transactions import aatomic

pk, rounds, lock, pause = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "lock", sys.argv[4] == "pause"
rows = Message.objects.select_for_update() if lock else Message.objects.all()

async def main():
    for _ in range(rounds):
        async with aatomic():
            row = await rows.aget(pk=pk)
            if pause:
                print("read", flush=True)
                await asyncio.to_thread(sys.stdin.readline)
            row.content = str(int(row.content) + 1)
            await row.asave()

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def _postgresql(transactional_db):
    if connection.vendor != "postgresql":
        skip_or_fail("services", "needs PostgreSQL in LINKUP_DATABASE_URL: SQLite has no row locks")


@pytest.fixture
async def counter(ana, ben):
    return await Message.objects.acreate(sender=ana, recipient=ben, content="0")


@asynccontextmanager
async def counting(row, rounds, lock, pause):
    """Run the program on the test database, and see that it ended well."""
    base = os.environ["LINKUP_DATABASE_URL"].rpartition("/")[0]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, str(row.pk), str(rounds), lock, pause),
        cwd=PROJECT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "linkup.settings",
            "LINKUP_DATABASE_URL": f"{base}/{connection.settings_dict['NAME']}",
        },
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_two_processes_lose_no_update(counter):
    async with counting(counter, ROUNDS, "lock", "run"), counting(counter, ROUNDS, "lock", "run"):
        pass
    await counter.arefresh_from_db()
    assert counter.content == str(2 * ROUNDS)


async def test_without_the_lock_they_lose_every_other_one(counter):
    """Both have read before either of them writes, in each round."""
    async with (
        counting(counter, ROUNDS, "no lock", "pause") as one,
        counting(counter, ROUNDS, "no lock", "pause") as other,
    ):
        for _ in range(ROUNDS):
            assert [await one.stdout.readline(), await other.stdout.readline()] == [b"read\n", b"read\n"]
            for process in (one, other):
                process.stdin.write(b"\n")
    await counter.arefresh_from_db()
    assert counter.content == str(ROUNDS)


async def test_the_lock_is_held_while_the_block_waits_and_gone_when_it_ends(counter):
    at_once = Message.objects.select_for_update(nowait=True)

    async def read():
        async with aatomic():
            return (await at_once.aget(pk=counter.pk)).content

    async with counting(counter, 1, "lock", "pause") as holder:
        assert await holder.stdout.readline() == b"read\n"
        with pytest.raises(OperationalError, match="lock"):
            await read()
        holder.stdin.write(b"\n")
    assert await read() == "1"


def test_an_atomic_around_async_to_sync_is_not_the_block_s_parent(ana, ben, write, stored):
    async def block():
        assert await stored() == ["gone"]
        async with aatomic(durable=True):
            assert await stored() == []
            await write("kept")

    @transaction.atomic
    def around():
        async_to_sync(write)("gone")
        async_to_sync(block)()
        raise KeyError

    with pytest.raises(KeyError):
        around()
    assert async_to_sync(stored)() == ["kept"]
