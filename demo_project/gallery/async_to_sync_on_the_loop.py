"""Async code is run through async_to_sync() or a second event loop, in the thread of a running one."""

import asyncio

from asgiref.sync import async_to_sync, sync_to_async
from shop.models import Author

CODE = "DAS018"
CATALOGUE = [29]
RAISES = {
    "RuntimeError": [
        "async_to_sync",
        "method",
        "variable",
        "helper",
        "run",
        "helper_that_runs",
        "run_until_complete",
        "decorated",
        "runner",
    ]
}
CONTROL = {"needs a loop": ["run_until_complete"]}


async def count():
    return await Author.objects.acount()


def count_for_sync_code():
    return async_to_sync(count)()


def count_in_a_new_loop():
    return asyncio.run(count())


async def broken_async_to_sync():
    return async_to_sync(count)()  # expect: DAS018


async def fixed_async_to_sync():
    return await count()


async def broken_method():
    return async_to_sync(Author.objects.acount)()  # expect: DAS018


async def fixed_method():
    return await Author.objects.acount()


async def broken_variable():
    count_now = async_to_sync(count)
    return count_now()  # expect: DAS018


async def fixed_variable():
    count_now = async_to_sync(count)
    return await sync_to_async(count_now)()


async def broken_helper():
    return count_for_sync_code()  # expect: DAS018


async def fixed_helper():
    return await sync_to_async(count_for_sync_code)()


async def broken_run():
    return asyncio.run(count())  # expect: DAS018


async def fixed_run():
    return await asyncio.create_task(count())


async def broken_helper_that_runs():
    return count_in_a_new_loop()  # expect: DAS018


async def fixed_helper_that_runs():
    return await asyncio.to_thread(count_in_a_new_loop)


async def broken_run_until_complete():
    return asyncio.get_event_loop().run_until_complete(count())  # expect: DAS018


async def fixed_run_until_complete():
    return await asyncio.wait_for(count(), 5)


@async_to_sync
async def count_decorated():
    return await Author.objects.acount()


async def broken_decorated():
    return count_decorated()  # expect: DAS018


async def fixed_decorated():
    return await sync_to_async(count_decorated)()


async def broken_runner():
    runner = asyncio.Runner()
    return runner.run(count())  # expect: DAS018


async def fixed_runner():
    async with asyncio.TaskGroup() as group:
        task = group.create_task(count())
    return task.result()
