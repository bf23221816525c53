"""A relation that was not loaded is followed far from where its row was."""

import asyncio
from operator import attrgetter

from asgiref.sync import sync_to_async
from django.shortcuts import aget_object_or_404
from shop.models import Author, Book

CODE = "DAS003"
CATALOGUE = [8]
CONTROL = {"fixed does other work": ["optional_annotation"], "needs a loop": ["gathered"]}


class Card:
    """Passes for the book that it holds."""

    def __init__(self, book):
        self.book = book

    def __getattr__(self, name):
        return getattr(self.book, name)


def author_of(book):
    return book.author


async def broken_list_in_between():
    books = [book async for book in Book.objects.all()]
    return books[0].author


async def fixed_list_in_between():
    books = [book async for book in Book.objects.with_author()]
    return books[0].author


async def broken_loaded_in_thread():
    book = await sync_to_async(Book.objects.get)(pk=1)
    return book.author


async def fixed_loaded_in_thread():
    book = await sync_to_async(Book.objects.select_related("author").get)(pk=1)
    return book.author


async def broken_loaded_by_lambda():
    book, other = await Book.objects.aget(pk=1), await Book.objects.aget(pk=2)
    await sync_to_async(lambda: other.author)()
    return book.author


async def fixed_loaded_by_lambda():
    book = await Book.objects.aget(pk=1)
    await sync_to_async(lambda: book.author.name)()
    return book.author


async def broken_loaded_by_getattr():
    book = await Book.objects.aget(pk=1)
    await sync_to_async(getattr)(book, "tags")
    return book.author


async def fixed_loaded_by_getattr():
    book = await Book.objects.aget(pk=1)
    await sync_to_async(getattr)(book, "author")
    return book.author


async def broken_loaded_by_nested_function():
    book = await Book.objects.aget(pk=1)

    @sync_to_async
    def load():
        return book.author

    book = await Book.objects.aget(pk=1)
    return book.author


async def fixed_loaded_by_nested_function():
    book = await Book.objects.aget(pk=1)

    @sync_to_async
    def load():
        return book.author

    await load()
    return book.author


async def broken_or_404():
    book = await aget_object_or_404(Book.objects.filter(price__gt=0), pk=1)
    return book.author


async def fixed_or_404():
    book = await aget_object_or_404(Book.objects.filter(price__gt=0).select_related("author"), pk=1)
    return book.author


async def broken_attrgetter():
    book = await Book.objects.aget(pk=1)
    return attrgetter("author.name")(book)


async def fixed_attrgetter():
    book = await Book.objects.select_related("author").aget(pk=1)
    return attrgetter("author.name")(book)


async def broken_refreshed():
    book = await Book.objects.select_related("author").aget(pk=1)
    await book.arefresh_from_db()
    return book.author


async def fixed_refreshed():
    book = await Book.objects.select_related("author").aget(pk=1)
    await book.arefresh_from_db(fields=["title"])
    return book.author


async def broken_given():
    author = await Author.objects.aget(pk=1)
    book = await Book.objects.acreate(title="Third", author_id=author.pk)
    return book.author


async def fixed_given():
    author = await Author.objects.aget(pk=1)
    book = await Book.objects.acreate(title="Third", author=author)
    return book.author


async def broken_property():
    book = await Book.objects.aget(pk=1)
    return book.byline


async def fixed_property():
    book = await Book.objects.select_related("author").aget(pk=1)
    return book.byline


async def broken_helper():
    return author_of(await Book.objects.aget(pk=1))


async def fixed_helper():
    return author_of(await Book.objects.select_related("author").aget(pk=1))


async def broken_passed_on_attribute():
    card = Card(await Book.objects.aget(pk=1))
    return card.author


async def fixed_passed_on_attribute():
    card = Card(await Book.objects.select_related("author").aget(pk=1))
    return card.author


async def broken_other_side():
    author = await Author.objects.aget(pk=1)
    for book in [book async for book in Book.objects.filter(author_id=author.pk)]:
        print(book.title, book.author)


async def fixed_other_side():
    author = await Author.objects.prefetch_related("books").aget(pk=1)
    for book in author.books.all():
        print(book.title, book.author)  # the prefetch has filled both sides


class BrokenDesk:
    """Loads in one coroutine and reads in another."""

    async def load(self):
        self.book = await Book.objects.aget(pk=1)

    async def read(self):
        return self.book.author


class FixedDesk:
    """Loads in one coroutine and reads in another."""

    async def load(self):
        self.book = await Book.objects.select_related("author").aget(pk=1)

    async def read(self):
        return self.book.author


async def broken_attribute_of_self():
    desk = BrokenDesk()
    await desk.load()
    return await desk.read()


async def fixed_attribute_of_self():
    desk = FixedDesk()
    await desk.load()
    return await desk.read()


async def broken_annotated_parameter():
    async def describe(book: Book):
        return f"{book.title}, {book.author.name}"

    return await describe(await Book.objects.aget(pk=1))


async def fixed_annotated_parameter():
    async def describe(title: str, author: str):
        return f"{title}, {author}"

    book = await Book.objects.select_related("author").aget(pk=1)
    return await describe(book.title, book.author.name)


async def broken_return_annotation():
    async def load(pk: int) -> Book:
        return await Book.objects.aget(pk=pk)

    return (await load(1)).author


async def fixed_return_annotation():
    async def load(pk: int) -> Book:
        return await Book.objects.select_related("author").aget(pk=pk)

    return (await load(1)).author


async def broken_optional_annotation():
    async def describe(book: "Book | None"):
        return book.author.name if book else ""

    return await describe(await Book.objects.afirst())


async def fixed_optional_annotation():
    async def describe(book: "Book | None"):
        return book.title if book else ""

    return await describe(await Book.objects.afirst())


async def broken_gathered():
    book, _author = await asyncio.gather(Book.objects.aget(pk=1), Author.objects.aget(pk=1))
    return book.author


async def fixed_gathered():
    book, author = await asyncio.gather(Book.objects.aget(pk=1), Author.objects.aget(pk=1))
    return book.title, author.name


async def broken_created_or_not():
    book, _created = await Book.objects.aget_or_create(title="First", defaults={"author_id": 1})
    return book.author


async def fixed_created_or_not():
    book, _created = await Book.objects.select_related("author").aget_or_create(title="First")
    return book.author
