"""A method of an instance, or of the relations of one, asks the database on the event loop."""

from shop.models import Author, Book, Tag

CODE = "DAS001"
CATALOGUE = {
    1: ["save", "save_loaded", "delete", "refresh", "save_each"],
    9: ["reverse_count", "reverse_create", "many_to_many_add", "many_to_many_set", "first_after_prefetch"],
}


async def broken_save():
    author = Author(name="Cid", email="cid@example.org")
    author.save()


async def fixed_save():
    author = Author(name="Cid", email="cid@example.org")
    await author.asave()


async def broken_save_loaded():
    author = await Author.objects.aget(pk=1)
    author.name = "Anna"
    author.save(update_fields=["name"])


async def fixed_save_loaded():
    author = await Author.objects.aget(pk=1)
    author.name = "Anna"
    await author.asave(update_fields=["name"])


async def broken_delete():
    if author := await Author.objects.filter(pk=2).afirst():
        author.delete()


async def fixed_delete():
    if author := await Author.objects.filter(pk=2).afirst():
        await author.adelete()


async def broken_refresh():
    author = await Author.objects.aget(pk=1)
    author.refresh_from_db()


async def fixed_refresh():
    author = await Author.objects.aget(pk=1)
    await author.arefresh_from_db()


async def broken_save_each():
    async for book in Book.objects.all():
        book.save()


async def fixed_save_each():
    async for book in Book.objects.all():
        await book.asave()


async def broken_reverse_count():
    author = await Author.objects.aget(pk=1)
    return author.books.count()


async def fixed_reverse_count():
    author = await Author.objects.aget(pk=1)
    return await author.books.acount()


async def broken_reverse_create():
    author = await Author.objects.aget(pk=1)
    author.books.create(title="Third")


async def fixed_reverse_create():
    author = await Author.objects.aget(pk=1)
    await author.books.acreate(title="Third")


async def broken_many_to_many_add():
    book = await Book.objects.aget(pk=2)
    book.tags.add(await Tag.objects.aget(pk=1))


async def fixed_many_to_many_add():
    book = await Book.objects.aget(pk=2)
    await book.tags.aadd(await Tag.objects.aget(pk=1))


async def broken_many_to_many_set():
    book = await Book.objects.aget(pk=1)
    book.tags.set([2])


async def fixed_many_to_many_set():
    book = await Book.objects.aget(pk=1)
    await book.tags.aset([2])


async def broken_first_after_prefetch():
    book = await Book.objects.prefetch_related("tags").aget(pk=1)
    return book.tags.first()


async def fixed_first_after_prefetch():
    book = await Book.objects.prefetch_related("tags").aget(pk=1)
    return book.tags.all()[0]
