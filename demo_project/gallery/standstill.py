"""Nothing is raised, and nothing goes on: the loop's thread waits for something that only the loop can bring.

Each program here waits for a moment only, and then says so. Without a limit it would be for ever.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from shape import costs
from shop.models import Author

CODE = None
CATALOGUE = [30]
RAISES = "TimeoutError"
CONTROL = "needs a loop"


async def broken_result():
    loop = asyncio.get_running_loop()
    return asyncio.run_coroutine_threadsafe(Author.objects.acount(), loop).result(0.2)


@costs(blocks=1)
async def trap_result():
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, Author.objects.acount()).result()


async def fixed_result():
    return await Author.objects.acount()


async def broken_lock():
    lock = threading.Lock()

    async def rename(name):
        if not lock.acquire(timeout=0.2):
            raise TimeoutError("whoever has the lock waits for the loop")
        try:
            await Author.objects.filter(pk=1).aupdate(name=name)
        finally:
            lock.release()

    await asyncio.gather(rename("First"), rename("Second"))


async def fixed_lock():
    lock = asyncio.Lock()

    async def rename(name):
        async with lock:
            await Author.objects.filter(pk=1).aupdate(name=name)

    await asyncio.gather(rename("First"), rename("Second"))
