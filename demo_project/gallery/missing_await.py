"""A coroutine is made and not awaited: nothing is asked, and a condition on it is always true."""

import asyncio

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.db.models import F
from shop.models import Author, Book
from shop.visits import visit

CODE = "DAS007"
CATALOGUE = {
    6: [
        "create",
        "save",
        "update",
        "condition",
        "not",
        "comparison",
        "f_string",
        "precedence",
        "variable",
        "wrapper",
        "dropped_wrapper",
        "decorated",
        "method",
        "permission",
        "session",
        "to_thread",
        "gather",
        "task",
        "returned",
    ],
    13: ["session"],
    14: ["permission"],
}
RAISES = {
    "never awaited": [
        "create",
        "save",
        "update",
        "condition",
        "not",
        "f_string",
        "dropped_wrapper",
        "decorated",
        "method",
        "permission",
        "session",
        "to_thread",
        "gather",
        "task",
        "returned",
    ],
    "TypeError": ["comparison", "wrapper"],
    "AttributeError": ["precedence", "variable"],
}
CONTROL = {
    "fails without a loop too": [
        "create",
        "save",
        "update",
        "condition",
        "not",
        "comparison",
        "f_string",
        "precedence",
        "variable",
        "wrapper",
        "dropped_wrapper",
        "decorated",
        "method",
        "permission",
        "session",
        "to_thread",
        "gather",
        "task",
        "returned",
    ]
}


async def broken_create():
    Author.objects.acreate(name="Cid", email="cid@example.org")  # expect: DAS007


async def fixed_create():
    await Author.objects.acreate(name="Cid", email="cid@example.org")


async def broken_save():
    author = await Author.objects.aget(pk=1)
    author.asave()  # expect: DAS007


async def fixed_save():
    author = await Author.objects.aget(pk=1)
    await author.asave()


async def broken_update():
    Book.objects.filter(pk=1).aupdate(price=F("price") + 1)  # expect: DAS007


async def fixed_update():
    await Book.objects.filter(pk=1).aupdate(price=F("price") + 1)


async def broken_condition():
    if Author.objects.filter(name="Zoe").aexists():  # expect: DAS007
        return "taken"
    return "free"


async def fixed_condition():
    if await Author.objects.filter(name="Zoe").aexists():
        return "taken"
    return "free"


async def broken_not():
    return not Author.objects.filter(name="Zoe").aexists()  # expect: DAS007


async def fixed_not():
    return not await Author.objects.filter(name="Zoe").aexists()


async def broken_comparison():
    return Author.objects.acount() > 1  # expect: DAS007


async def fixed_comparison():
    return await Author.objects.acount() > 1


async def broken_f_string():
    return f"{Author.objects.acount()} authors"  # expect: DAS007


async def fixed_f_string():
    return f"{await Author.objects.acount()} authors"


async def broken_precedence():
    return await Author.objects.aget(pk=1).name  # expect: DAS007


async def fixed_precedence():
    return (await Author.objects.aget(pk=1)).name


async def broken_variable():
    author = Author.objects.aget(pk=1)  # expect: DAS007
    return author.name


async def fixed_variable():
    author = Author.objects.aget(pk=1)
    return (await author).name


async def broken_wrapper():
    authors = sync_to_async(list)(Author.objects.all())  # expect: DAS007
    return len(authors)


async def fixed_wrapper():
    authors = await sync_to_async(list)(Author.objects.all())
    return len(authors)


async def broken_dropped_wrapper():
    sync_to_async(Author.objects.create)(name="Cid", email="cid@example.org")  # expect: DAS007


async def fixed_dropped_wrapper():
    await sync_to_async(Author.objects.create)(name="Cid", email="cid@example.org")


@database_sync_to_async
def is_member(name):
    return Author.objects.filter(name=name).exists()


async def broken_decorated():
    return "come in" if is_member("Zoe") else "stay out"  # expect: DAS007


async def fixed_decorated():
    return "come in" if await is_member("Zoe") else "stay out"


async def broken_method():
    class Room:
        @database_sync_to_async
        def is_open(self):
            return Author.objects.exists()

        async def enter(self):
            if not self.is_open():  # expect: DAS007
                raise PermissionError

    await Room().enter()


async def fixed_method():
    class Room:
        @database_sync_to_async
        def is_open(self):
            return Author.objects.exists()

        async def enter(self):
            if not await self.is_open():
                raise PermissionError

    await Room().enter()


async def broken_permission():
    user = await visit().auser()
    return "granted" if user.ahas_perm("shop.change_book") else "refused"  # expect: DAS007


async def fixed_permission():
    user = await visit().auser()
    return "granted" if await user.ahas_perm("shop.change_book") else "refused"


async def broken_session():
    visit().session.aset("color", "blue")  # expect: DAS007


async def fixed_session():
    await visit().session.aset("color", "blue")


async def broken_to_thread():
    asyncio.to_thread(Author.objects.count)  # expect: DAS007


async def fixed_to_thread():
    await asyncio.to_thread(Author.objects.count)


async def broken_gather():
    return [Author.objects.acount(), Book.objects.acount()] == [2, 2]  # expect: DAS007


async def fixed_gather():
    return await asyncio.gather(Author.objects.acount(), Book.objects.acount()) == [2, 2]


async def broken_task():
    Author.objects.acount()  # expect: DAS007
    await asyncio.sleep(0)


async def fixed_task():
    task = asyncio.create_task(Author.objects.acount())
    await asyncio.wait_for(Book.objects.acount(), 5)
    await task


async def broken_returned():
    def find(pk):
        return Author.objects.aget(pk=pk)

    find(1)  # expect: DAS007


async def fixed_returned():
    def find(pk):
        return Author.objects.aget(pk=pk)

    return await find(1)
