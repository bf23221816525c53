"""What was prefetched is asked for again: by a new query, after a refresh, or one relation further."""

from django.db.models import Prefetch
from shape import costs
from shop.models import Author, Book, Tag

CODE = "DAS002"
CATALOGUE = [9]


async def broken_filtered():
    async for book in Book.objects.prefetch_related("tags"):
        print(book.title, list(book.tags.filter(name="all")))


@costs(queries=4, hops=3)
async def trap_filtered():
    async for book in Book.objects.prefetch_related("tags"):
        print(book.title, [tag async for tag in book.tags.filter(name="all")])


async def fixed_filtered():
    async for book in Book.objects.prefetch_related(Prefetch("tags", Tag.objects.filter(name="all"))):
        print(book.title, list(book.tags.all()))


async def fixed_filtered_2():
    async for book in Book.objects.prefetch_related("tags"):
        print(book.title, [tag for tag in book.tags.all() if tag.name == "all"])


async def broken_ordered():
    book = await Book.objects.prefetch_related("tags").aget(pk=1)
    return [tag.name for tag in book.tags.order_by("-name")]


async def fixed_ordered():
    book = await Book.objects.prefetch_related(Prefetch("tags", Tag.objects.order_by("-name"))).aget(pk=1)
    return [tag.name for tag in book.tags.all()]


async def broken_refreshed():
    book = await Book.objects.prefetch_related("tags").aget(pk=1)
    await book.arefresh_from_db()
    return [tag.name for tag in book.tags.all()]


async def fixed_refreshed():
    book = await Book.objects.prefetch_related("tags").aget(pk=1)
    await book.arefresh_from_db(fields=["title"])
    return [tag.name for tag in book.tags.all()]


async def broken_one_further():
    author = await Author.objects.prefetch_related("books").aget(pk=1)
    return [tag.name for book in author.books.all() for tag in book.tags.all()]


async def fixed_one_further():
    author = await Author.objects.prefetch_related("books__tags").aget(pk=1)
    return [tag.name for book in author.books.all() for tag in book.tags.all()]
