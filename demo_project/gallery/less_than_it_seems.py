"""An object holds less than it seems to: some of it was left out, or was forgotten since it was loaded."""

from shop.models import Author, Book, Tag

CODE = None  # the checker does not look that far
CATALOGUE = {8: ["key_changed"], 9: ["added"], 10: ["field_of_relation", "raw"]}


async def broken_key_changed():
    book = await Book.objects.select_related("author").aget(pk=1)
    book.author_id = 2
    return book.author.name


async def fixed_key_changed():
    book = await Book.objects.select_related("author").aget(pk=1)
    book.author = await Author.objects.aget(pk=2)
    return book.author.name


async def broken_added():
    book = await Book.objects.prefetch_related("tags").aget(pk=1)
    await book.tags.aadd(await Tag.objects.aget(name="about Second"))
    return sorted(tag.name for tag in book.tags.all())


async def fixed_added():
    book = await Book.objects.prefetch_related("tags").aget(pk=1)
    await book.tags.aadd(await Tag.objects.aget(name="about Second"))
    return sorted([tag.name async for tag in book.tags.all()])


async def broken_field_of_relation():
    book = await Book.objects.select_related("author").only("title", "author__name").aget(pk=1)
    return book.author.email


async def fixed_field_of_relation():
    book = await Book.objects.select_related("author").only("title", "author__email").aget(pk=1)
    return book.author.email


async def broken_raw():
    async for book in Book.objects.raw("SELECT id, title FROM shop_book ORDER BY id"):
        print(book.title, book.price)


async def fixed_raw():
    async for book in Book.objects.raw("SELECT id, title, price FROM shop_book ORDER BY id"):
        print(book.title, book.price)
