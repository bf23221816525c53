"""A field that only() or defer() has left out is read on the event loop."""

from shape import costs
from shop.models import Book

CODE = "DAS004"
CATALOGUE = [10]
CONTROL = {"fixed does other work": ["async_for", "first", "only_of_relation"]}


def card_of(book):
    return {"title": book.title, "price": book.price}


async def broken_only():
    book = await Book.objects.only("title").aget(pk=1)
    return book.blurb


async def fixed_only():
    book = await Book.objects.only("title", "blurb").aget(pk=1)
    return book.blurb


async def broken_defer():
    book = await Book.objects.defer("blurb").aget(pk=1)
    return book.blurb


async def fixed_defer():
    book = await Book.objects.defer("blurb").aget(pk=1)
    await book.arefresh_from_db(fields=["blurb"])
    return book.blurb


async def broken_key_of_relation():
    book = await Book.objects.only("title").aget(pk=1)
    return book.author_id


async def fixed_key_of_relation():
    book = await Book.objects.only("title", "author").aget(pk=1)
    return book.author_id


async def broken_async_for():
    async for book in Book.objects.only("title"):
        print(book.title, book.price)


async def fixed_async_for():
    async for book in Book.objects.only("title"):
        print(book.title, book.pk)


async def broken_first():
    book = await Book.objects.filter(pk=1).defer("blurb", "price").afirst()
    return book.price if book else 0


async def fixed_first():
    book = await Book.objects.filter(pk=1).defer("blurb", "price").afirst()
    return book.title if book else ""


async def broken_only_of_relation():
    book = await Book.objects.select_related("author").only("title", "author__name").aget(pk=1)
    return book.price


async def fixed_only_of_relation():
    book = await Book.objects.select_related("author").only("title", "author__name").aget(pk=1)
    return book.author_id


async def broken_helper():
    return card_of(await Book.objects.only("title").aget(pk=1))


async def partial_helper():
    return card_of(await Book.objects.only("title", "blurb").aget(pk=1))


async def fixed_helper():
    return card_of(await Book.objects.only("title", "price").aget(pk=1))


async def fixed_helper_2():
    return card_of(await Book.objects.aget(pk=1))


async def broken_each_row():
    async for book in Book.objects.only("title"):
        print(book.title, book.price)


@costs(queries=3, hops=3)
async def trap_each_row():
    async for book in Book.objects.only("title"):
        await book.arefresh_from_db(fields=["price"])
        print(book.title, book.price)


async def fixed_each_row():
    async for book in Book.objects.only("title", "price"):
        print(book.title, book.price)
