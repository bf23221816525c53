"""Work is under way in a thread, and who asked for it no longer waits: a timeout, a task that nobody awaits.

A thread cannot be cancelled. It goes on to its end, and nobody hears of it.
"""

import asyncio
import threading

from asgiref.sync import sync_to_async
from shape import costs
from shop.models import Book

CODE = "DAS001"
CATALOGUE = [37]
CONTROL = "needs a loop"


def lock_for(seconds):
    """Return what is set when somebody else lets a lock go."""
    is_free = threading.Event()
    asyncio.get_running_loop().call_later(seconds, is_free.set)
    return is_free


def raise_price(is_free):
    book = Book.objects.get(pk=1)
    is_free.wait()
    book.price += 1
    book.save()


async def broken_timeout():
    is_free = lock_for(0.4)
    told = "done"
    async with asyncio.timeout(0.2):
        raise_price(is_free)
    return told, (await Book.objects.aget(pk=1)).price


@costs(gives=["nothing was done", 6])
async def trap_timeout():
    is_free = lock_for(0.4)
    told = "done"
    try:
        async with asyncio.timeout(0.2):
            await sync_to_async(raise_price)(is_free)
    except TimeoutError:
        told = "nothing was done"
    return told, (await Book.objects.aget(pk=1)).price


@costs(gives=["nothing was done", 6])
async def trap_timeout_2():
    is_free = lock_for(0.4)
    told = "done"
    try:
        await asyncio.wait_for(sync_to_async(raise_price)(is_free), 0.2)
    except TimeoutError:
        told = "nothing was done"
    return told, (await Book.objects.aget(pk=1)).price


async def fixed_timeout():
    is_free = lock_for(0.4)
    told = "done"
    await sync_to_async(raise_price)(is_free)
    return told, (await Book.objects.aget(pk=1)).price


async def broken_forgotten():
    async def make_free():
        Book.objects.update(price=0)

    asyncio.create_task(make_free())  # noqa: RUF006
    return (await Book.objects.aget(pk=1)).price


@costs(gives=5)
async def trap_forgotten():
    async def make_free():
        await Book.objects.aupdate(price=0)

    asyncio.create_task(make_free())  # noqa: RUF006
    return (await Book.objects.aget(pk=1)).price


async def fixed_forgotten():
    async def make_free():
        await Book.objects.aupdate(price=0)

    await asyncio.create_task(make_free())
    return (await Book.objects.aget(pk=1)).price
