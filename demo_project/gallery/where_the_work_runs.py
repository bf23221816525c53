"""The work is moved off the event loop: to which thread, over whose connection, and who waits for it there.

The guard looks at the loop's thread alone. None of the traps here is an error.
"""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from channels.db import database_sync_to_async
from django.db import connections
from django.db.models import F
from shape import costs
from shop.models import Author, Book, Tag

CODE = "DAS001"
CATALOGUE = {34: ["one_thread", "three_counts", "pause"], 36: ["place"]}
CONTROL = {"needs a loop": ["one_thread"]}


def raise_prices():
    Book.objects.update(price=F("price") + 1)
    return Book.objects.get(pk=1).price


async def broken_place():
    return raise_prices()


@costs(blocks=1, connections=1)
async def trap_place():
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(raise_prices).result()


@costs(connections=1)
async def trap_place_2():
    return await asyncio.to_thread(raise_prices)


@costs(connections=1)
async def trap_place_3():
    return await sync_to_async(raise_prices, thread_sensitive=False)()


@costs(connections=1)
async def trap_place_4():
    async with ThreadSensitiveContext():
        return await sync_to_async(raise_prices)()


@costs(connections=1)
async def trap_place_5():
    try:
        return await asyncio.to_thread(raise_prices)
    finally:
        connections.close_all()


async def fixed_place():
    return await sync_to_async(raise_prices)()


async def fixed_place_2():
    return await database_sync_to_async(raise_prices, thread_sensitive=False)()


async def fixed_place_3():
    def raise_and_close():
        try:
            return raise_prices()
        finally:
            connections.close_all()

    return await asyncio.to_thread(raise_and_close)


def wait_for_a_lock(answered):
    """Wait, as for a locked row; tell whether another query was answered meanwhile."""
    Author.objects.count()
    return answered.wait(0.2)


def count_books(answered):
    number = Book.objects.count()
    answered.set()
    return number


async def broken_one_thread():
    answered = threading.Event()

    async def slow():
        return wait_for_a_lock(answered)

    quick = database_sync_to_async(count_books)
    return await asyncio.gather(slow(), quick(answered))


@costs(gives=[False, 2])
async def trap_one_thread():
    answered = threading.Event()
    slow = database_sync_to_async(wait_for_a_lock)
    quick = database_sync_to_async(count_books)
    return await asyncio.gather(slow(answered), quick(answered))


async def fixed_one_thread():
    answered = threading.Event()
    slow = database_sync_to_async(wait_for_a_lock, thread_sensitive=False)
    quick = database_sync_to_async(count_books)
    return await asyncio.gather(slow(answered), quick(answered))


async def fixed_one_thread_2():
    answered = threading.Event()

    async def in_a_thread_of_its_own(work):
        async with ThreadSensitiveContext():
            return await database_sync_to_async(work)(answered)

    return await asyncio.gather(in_a_thread_of_its_own(wait_for_a_lock), in_a_thread_of_its_own(count_books))


async def broken_three_counts():
    return [Author.objects.count(), Book.objects.count(), Tag.objects.count()]


@costs(hops=3)
async def trap_three_counts():
    return [await Author.objects.acount(), await Book.objects.acount(), await Tag.objects.acount()]


@costs(hops=3)
async def trap_three_counts_2():
    async def number_of(model):
        return await model.objects.acount()

    return await asyncio.gather(number_of(Author), number_of(Book), number_of(Tag))


async def fixed_three_counts():
    def count():
        return [Author.objects.count(), Book.objects.count(), Tag.objects.count()]

    return await sync_to_async(count)()


async def broken_pause():
    number = Author.objects.count()
    time.sleep(0.01)  # it is raised before
    return number


@costs(blocks=1)
async def trap_pause():
    number = await Author.objects.acount()
    time.sleep(0.01)
    return number


async def fixed_pause():
    number = await Author.objects.acount()
    await asyncio.sleep(0.01)
    return number
