"""The same line passes for one row and fails for another: the relation is at hand, or there is none to ask for."""

from shape import costs
from shop.models import Author, Book, Magazine

CODE = "DAS003"
CATALOGUE = [8]


async def broken_no_rows():
    return [book.author.name async for book in Book.objects.filter(title="First")]


@costs(gives=[])
async def trap_no_rows():
    return [book.author.name async for book in Book.objects.filter(title="Unknown")]


async def fixed_no_rows():
    return [book.author.name async for book in Book.objects.filter(title="First").select_related("author")]


async def broken_empty_key():
    await Magazine.objects.acreate(name="Daily", editor_id=1)
    magazine = await Magazine.objects.aget(name="Daily")
    return magazine.editor and magazine.editor.name


@costs(gives=None)
async def trap_empty_key():
    await Magazine.objects.acreate(name="Daily", editor_id=1)
    magazine = await Magazine.objects.aget(name="Weekly")
    return magazine.editor and magazine.editor.name


async def fixed_empty_key():
    await Magazine.objects.acreate(name="Daily", editor_id=1)
    magazine = await Magazine.objects.select_related("editor").aget(name="Daily")
    return magazine.editor and magazine.editor.name


async def broken_just_created():
    author = await Author.objects.aget(pk=2)
    created = await Book.objects.acreate(title="Third", author=author)
    book = await Book.objects.aget(pk=created.pk)
    return book.author.name


async def fixed_just_created():
    author = await Author.objects.aget(pk=2)
    created = await Book.objects.acreate(title="Third", author=author)
    return created.author.name


async def fixed_just_created_2():
    author = await Author.objects.aget(pk=2)
    created = await Book.objects.acreate(title="Third", author=author)
    book = await Book.objects.select_related("author").aget(pk=created.pk)
    return book.author.name
