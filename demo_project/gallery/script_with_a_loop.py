"""A script, or a management command, starts a loop of its own and asks the database inside it."""

import asyncio

from asgiref.sync import sync_to_async
from shop.models import Author

CODE = "DAS001"
CATALOGUE = [27]
RUNNER = "script"
CONTROL = "fails without a loop too"


async def rename_each():
    async for author in Author.objects.order_by("pk"):
        author.name = author.name.upper()
        await author.asave()


def broken_main():
    async def main():
        print(Author.objects.count(), "authors")

    asyncio.run(main())


def fixed_main():
    async def main():
        print(await Author.objects.acount(), "authors")

    asyncio.run(main())


def fixed_main_2():
    count = Author.objects.count()

    async def main():
        print(count, "authors")

    asyncio.run(main())


def broken_saved_in_a_loop():
    async def main():
        for author in await sync_to_async(list)(Author.objects.order_by("pk")):
            author.name = author.name.upper()
            author.save()

    asyncio.run(main())


def fixed_saved_in_a_loop():
    asyncio.run(rename_each())
