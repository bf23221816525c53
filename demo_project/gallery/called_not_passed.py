"""What should run in the thread is called before the thread is asked, so the event loop runs it."""

import asyncio

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from shape import shape
from shop import prices
from shop.models import Author, Book

CODE = "DAS006"
CATALOGUE = [5]
RAISES = {"TypeError": ["queryset"]}
CONTROL = {
    "fails without a loop too": ["get", "and_called", "save", "list", "helper", "property", "queryset"],
    "needs a loop": ["to_thread", "run_in_executor"],
}


async def broken_get():
    return await sync_to_async(Author.objects.get(pk=1))


async def fixed_get():
    return await sync_to_async(Author.objects.get)(pk=1)


async def broken_and_called():
    return await sync_to_async(Author.objects.count())()


async def fixed_and_called():
    return await sync_to_async(Author.objects.count)()


async def broken_save():
    author = await Author.objects.aget(pk=1)
    await sync_to_async(author.save())()


async def fixed_save():
    author = await Author.objects.aget(pk=1)
    await sync_to_async(author.save)()


async def broken_list():
    return await sync_to_async(list(Book.objects.all()))()


async def fixed_list():
    return await sync_to_async(list)(Book.objects.all())


@shape("DAS002", "DAS006")
async def broken_list_as_argument():
    return await sync_to_async(sorted)(list(Book.objects.values_list("title", flat=True)))


async def fixed_list_as_argument():
    return await sync_to_async(sorted)(Book.objects.values_list("title", flat=True))


async def broken_helper():
    return await database_sync_to_async(prices.total())()


async def fixed_helper():
    return await database_sync_to_async(prices.total)()


async def broken_to_thread():
    return await asyncio.to_thread(Author.objects.count())


async def fixed_to_thread():
    return await asyncio.to_thread(Author.objects.count)


async def broken_run_in_executor():
    return await asyncio.get_running_loop().run_in_executor(None, Author.objects.count())


async def fixed_run_in_executor():
    return await asyncio.get_running_loop().run_in_executor(None, Author.objects.count)


async def broken_property():
    author = await Author.objects.aget(pk=1)
    return await sync_to_async(author.book_count)()


async def fixed_property():
    author = await Author.objects.aget(pk=1)
    return await sync_to_async(lambda: author.book_count)()


async def broken_queryset():
    return await sync_to_async(Author.objects.filter(pk=1))()  # expect: DAS006


async def fixed_queryset():
    return await sync_to_async(Author.objects.filter(pk=1).get)()
