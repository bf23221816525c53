"""There is nothing async in the code, and a library has a loop running in its thread all the same.

Playwright's sync API runs its loop in one greenlet and your code in another; both are in one thread, and the guard asks
for the thread. `played` does the same in a few lines: a loop counts as running while plain code is called.
"""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor

import greenlet
from asgiref.sync import async_to_sync
from shop.models import Author
from tornado.ioloop import IOLoop

CODE = None
CATALOGUE = {42: ["played", "async_to_sync"], 44: ["tornado"]}
RUNNER = {"script": ["played", "async_to_sync"]}
RAISES = {"AssertionError": ["tornado"], "RuntimeError": ["async_to_sync"]}
CONTROL = {"fails without a loop too": ["played", "async_to_sync"], "needs a loop": ["tornado"]}


@contextlib.contextmanager
def played():
    """Run a loop in a greenlet of this thread, and go on in this one while the loop waits for nobody."""
    mine = greenlet.getcurrent()

    async def wait():
        mine.switch()

    other = greenlet.greenlet(lambda: asyncio.run(wait()))
    other.switch()
    try:
        yield
    finally:
        other.switch()


def in_a_thread(work):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def broken_played():
    with played():
        return Author.objects.count()


def fixed_played():
    with played():
        return in_a_thread(Author.objects.count)


def fixed_played_2():
    number = Author.objects.count()
    with played():
        return number


def broken_async_to_sync():
    with played():
        return async_to_sync(Author.objects.acount)()


def fixed_async_to_sync():
    with played():
        return in_a_thread(async_to_sync(Author.objects.acount))


async def was_seen():
    assert await Author.objects.filter(name="seen").aexists(), (
        "the event loop's log has an error, and nothing is stored"
    )


async def broken_tornado():
    def on_message():
        Author.objects.filter(pk=1).update(name="seen")

    IOLoop.current().add_callback(on_message)
    await asyncio.sleep(0)
    await was_seen()


async def fixed_tornado():
    stored = asyncio.Event()

    async def on_message():
        await Author.objects.filter(pk=1).aupdate(name="seen")
        stored.set()

    IOLoop.current().add_callback(on_message)
    await stored.wait()
    await was_seen()
