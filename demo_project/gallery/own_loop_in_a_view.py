"""A plain view starts a loop of its own, to await one thing. It has a thread, and that is the one the query wants.

An ASGI server has the view in a thread; inside, `asyncio.run` waits in that thread for work that is sent to it. asgiref
sees that where all share one thread. Where a request has its own, it does not: without the limit, it would be for ever.
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


async def broken_run():
    def view():
        return asyncio.run(Book.objects.acount())

    return await sync_to_async(view)()


@costs(connections=1)
async def trap_run():
    def view():
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(Book.objects.count).result()

    return await sync_to_async(view)()


async def fixed_run():
    def view():
        return async_to_sync(Book.objects.acount)()

    return await sync_to_async(view)()


async def fixed_run_2():
    def view():
        return Book.objects.count()

    return await sync_to_async(view)()


async def broken_run_in_a_request():
    async def count():
        async with asyncio.timeout(0.2):
            return await Book.objects.acount()

    def view():
        return asyncio.run(count())

    async with ThreadSensitiveContext():  # Django's ASGI handler gives each request one
        return await sync_to_async(view)()


async def fixed_run_in_a_request():
    def view():
        return async_to_sync(Book.objects.acount)()

    async with ThreadSensitiveContext():
        return await sync_to_async(view)()


async def fixed_run_in_a_request_2():
    def view():
        return Book.objects.count()

    async with ThreadSensitiveContext():
        return await sync_to_async(view)()
