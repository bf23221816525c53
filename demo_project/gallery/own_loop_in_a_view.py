"""A plain view starts a loop of its own, to await one thing. It has a thread, and that is the one the query wants.

An ASGI server has the view in a thread; inside, `asyncio.run` waits in that thread for work that is sent to it.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async
from shape import costs
from shop.models import Book

CODE = None
CATALOGUE = {28: ["run", "run_in_a_request"], 30: ["run_in_a_request"]}
RAISES = {"RuntimeError": ["run"], "TimeoutError": ["run_in_a_request"]}
CONTROL = {"needs a loop": ["run_in_a_request"]}


def view_with_run():
    return asyncio.run(Book.objects.acount())


def view_with_run_and_a_limit():
    """Wait for a moment only; without a limit it would be for ever."""

    async def count():
        async with asyncio.timeout(0.2):
            return await Book.objects.acount()

    return asyncio.run(count())


def view_with_async_to_sync():
    return async_to_sync(Book.objects.acount)()


def plain_view():
    return Book.objects.count()


async def broken_run():
    return await sync_to_async(view_with_run)()


@costs(connections=1)
async def trap_run():
    def view():
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(plain_view).result()

    return await sync_to_async(view)()


async def fixed_run():
    return await sync_to_async(view_with_async_to_sync)()


async def fixed_run_2():
    return await sync_to_async(plain_view)()


async def broken_run_in_a_request():
    async with ThreadSensitiveContext():  # Django's ASGI handler gives each request one
        return await sync_to_async(view_with_run_and_a_limit)()


async def fixed_run_in_a_request():
    async with ThreadSensitiveContext():
        return await sync_to_async(view_with_async_to_sync)()


async def fixed_run_in_a_request_2():
    async with ThreadSensitiveContext():
        return await sync_to_async(plain_view)()
