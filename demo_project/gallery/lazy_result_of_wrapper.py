"""The function in the thread returns what has asked nothing yet; the event loop evaluates it."""

import asyncio

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from shop.models import Author, Book

CODE = "DAS005"
CATALOGUE = [4]
CONTROL = {"needs a loop": ["to_thread", "run_in_executor"]}


async def broken_reference():
    authors = await sync_to_async(Author.objects.all)()
    return [author.name for author in authors]


async def fixed_reference():
    authors = await sync_to_async(list)(Author.objects.all())
    return [author.name for author in authors]


async def broken_filter():
    authors = await sync_to_async(Author.objects.filter)(name="Ann")
    return list(authors)


async def fixed_filter():
    authors = await sync_to_async(Author.objects.filter)(name="Ann")
    return [author async for author in authors]


async def broken_loop_header():
    for author in await sync_to_async(Author.objects.all)():
        author.greeting()


async def fixed_loop_header():
    for author in await sync_to_async(lambda: list(Author.objects.all()))():
        author.greeting()


async def broken_lambda():
    books = await sync_to_async(lambda: Book.objects.cheap())()
    return len(books)


async def fixed_lambda():
    return await sync_to_async(lambda: len(Book.objects.cheap()))()


async def broken_nested():
    def load():
        return Book.objects.filter(price__lt=10)

    return bool(await sync_to_async(load)())


async def fixed_nested():
    def load():
        return Book.objects.filter(price__lt=10).exists()

    return await sync_to_async(load)()


@sync_to_async
def lazy_books():
    return Book.objects.all()


@sync_to_async
def loaded_books():
    return list(Book.objects.all())


async def broken_decorated():
    return [book.title for book in await lazy_books()]


async def fixed_decorated():
    return [book.title for book in await loaded_books()]


@database_sync_to_async
def lazy_titles():
    for book in Book.objects.all():
        yield book.title


@database_sync_to_async
def loaded_titles():
    return [book.title for book in Book.objects.all()]


async def broken_generator():
    return list(await lazy_titles())


async def fixed_generator():
    return list(await loaded_titles())


@sync_to_async
def lazy_sum():
    return (book.price for book in Book.objects.order_by("pk").iterator())


async def broken_generator_expression():
    return sum(await lazy_sum())


async def fixed_generator_expression():
    return sum([book.price async for book in Book.objects.all()])


class BrokenConsumer:
    """Hands out a queryset."""

    @database_sync_to_async
    def books(self):
        return Book.objects.all()

    async def receive(self):
        return [book.title for book in await self.books()]


class FixedConsumer:
    """Hands out a list."""

    @database_sync_to_async
    def books(self):
        return list(Book.objects.all())

    async def receive(self):
        return [book.title for book in await self.books()]


async def broken_method():
    return await BrokenConsumer().receive()


async def fixed_method():
    return await FixedConsumer().receive()


async def broken_to_thread():
    return list(await asyncio.to_thread(Author.objects.all))


async def fixed_to_thread():
    return await asyncio.to_thread(list, Author.objects.all())


async def broken_run_in_executor():
    loop = asyncio.get_running_loop()
    return list(await loop.run_in_executor(None, Author.objects.all))


async def fixed_run_in_executor():
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, lambda: list(Author.objects.all()))


async def broken_manager_of_an_instance():
    author = await Author.objects.aget(pk=1)
    books = await sync_to_async(author.books.all)()
    return [book.title for book in books]


async def fixed_manager_of_an_instance():
    author = await Author.objects.aget(pk=1)
    books = await sync_to_async(list)(author.books.all())
    return [book.title for book in books]
