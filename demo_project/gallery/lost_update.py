"""What is read, changed in Python and saved may have been changed by others meanwhile: the last to save wins."""

import asyncio

from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.models import F
from shape import costs
from shop.models import Book

CODE = "DAS001"
CATALOGUE = [47]
CONTROL = "needs a loop"


def raise_by_one():
    book = Book.objects.select_for_update().get(pk=1)
    book.price += 1
    book.save()


async def five_times(raise_price):
    """Let five tasks raise a price by one, all at the same time; return what it is then."""
    await asyncio.gather(*(raise_price() for _ in range(5)))
    return (await Book.objects.aget(pk=1)).price


async def broken_counter():
    async def raise_price():
        raise_by_one()

    return await five_times(raise_price)


@costs(gives=6)
async def trap_counter():
    async def raise_price():
        book = await Book.objects.aget(pk=1)
        book.price += 1
        await book.asave()

    return await five_times(raise_price)


@costs(gives=6)
async def trap_counter_2():
    @sync_to_async
    @transaction.atomic
    def read_locked():
        return Book.objects.select_for_update().get(pk=1)

    async def raise_price():
        book = await read_locked()
        book.price += 1
        await book.asave()

    return await five_times(raise_price)


async def fixed_counter():
    async def raise_price():
        await Book.objects.filter(pk=1).aupdate(price=F("price") + 1)

    return await five_times(raise_price)


async def fixed_counter_2():
    return await five_times(sync_to_async(transaction.atomic(raise_by_one)))
