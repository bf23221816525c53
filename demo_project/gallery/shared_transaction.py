"""Two tasks share a connection, and with it the transaction that one of them has opened: its end is the end of both.

Tasks share what their thread has: a database thread, or without the guard the event loop's.
"""

import asyncio
import os
from contextlib import asynccontextmanager, suppress

from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async
from django.db import connections, transaction
from shape import costs, shape
from shop.models import Author, Book

CODE = "DAS011"
CATALOGUE = [18, 41]
CONTROL = "needs a loop"


async def store():
    """Store an author for somebody else, who has nothing to do with the block; return what they are told."""
    await Author.objects.acreate(name="Cid", email="cid@example.org")
    return "stored"


async def beside(block):
    """Return what somebody is told who stores something while a block fails, and how much of it is there then."""
    _block, told = await asyncio.gather(block(), store())
    return told, await Author.objects.filter(name="Cid").acount()


@asynccontextmanager
async def in_transaction():
    """Enter a transaction in one hop, and leave it in another."""
    atomic = transaction.atomic()
    await sync_to_async(atomic.__enter__)()
    try:
        yield
    except BaseException as error:
        await sync_to_async(atomic.__exit__)(type(error), error, error.__traceback__)
        raise
    else:
        await sync_to_async(atomic.__exit__)(None, None, None)


async def broken_block():
    async def block():
        with suppress(ValueError), transaction.atomic():
            await Book.objects.aupdate(price=1)
            raise ValueError("too cheap")

    return await beside(block)


@costs(gives=["stored", 0])
async def trap_block():
    async def block():
        with suppress(ValueError):
            async with in_transaction():
                await Book.objects.aupdate(price=1)
                raise ValueError("too cheap")

    return await beside(block)


@shape("DAS001", "DAS011", "DAS021")
@costs(gives=["stored", 0])
async def trap_block_2():
    async def block():
        with suppress(ValueError), transaction.atomic():
            Book.objects.update(price=1)
            await asyncio.sleep(0)
            raise ValueError("too cheap")

    async def create():
        with transaction.atomic():
            Author.objects.create(name="Cid", email="cid@example.org")
        return "stored"

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        Author.objects.count()  # tasks inherit a connection that is there before they start
        _block, told = await asyncio.gather(block(), create())
        return told, Author.objects.filter(name="Cid").count()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


async def fixed_block():
    @sync_to_async
    @transaction.atomic
    def change():
        Book.objects.update(price=1)
        raise ValueError("too cheap")

    async def block():
        with suppress(ValueError):
            await change()

    return await beside(block)


async def fixed_block_2():
    async def block():
        async with ThreadSensitiveContext():  # a thread, and so a connection, of its own
            with suppress(ValueError):
                async with in_transaction():
                    await Book.objects.aupdate(price=1)
                    raise ValueError("too cheap")
            await sync_to_async(connections.close_all)()

    return await beside(block)


async def fixed_block_3():
    async def change():
        await Book.objects.aupdate(price=1)
        raise ValueError("too cheap")

    @sync_to_async
    @transaction.atomic
    def keep_the_thread():
        async_to_sync(change)()

    async def block():
        with suppress(ValueError):
            await keep_the_thread()

    return await beside(block)
