"""A cell runs where the kernel's own loop does, though there is nothing async in it."""

import asyncio

import nest_asyncio
from asgiref.sync import sync_to_async
from shop.models import Author

CODE = None  # the checker reads no notebooks
CATALOGUE = {39: ["query", "shown", "asyncio_run"], 40: ["nested_loops"]}
RUNNER = "cell"
RAISES = {"RuntimeError": ["asyncio_run"]}


async def count():
    return await Author.objects.acount()


def broken_query():
    return Author.objects.count()


async def fixed_query():
    return await Author.objects.acount()


async def fixed_query_2():
    return await sync_to_async(Author.objects.count)()


def broken_shown():
    return repr(Author.objects.all())


async def partial_shown():
    authors = Author.objects.all()
    await sync_to_async(authors.filter)(pk=1)
    return repr(authors)


async def fixed_shown():
    authors = Author.objects.all()
    return await sync_to_async(repr)(authors)


def broken_asyncio_run():
    return asyncio.run(count())


async def fixed_asyncio_run():
    return await count()


def broken_nested_loops():
    nest_asyncio.apply()
    return Author.objects.count()


def fixed_nested_loops():
    nest_asyncio.apply()
    return asyncio.run(count())


async def fixed_nested_loops_2():
    return await count()
