"""A foreign key or a one-to-one relation that was not loaded is followed on the event loop."""

from asgiref.sync import sync_to_async
from shape import costs
from shop.models import Author, Book, Profile

CODE = "DAS003"
CATALOGUE = [8]


async def broken_foreign_key():
    book = await Book.objects.aget(pk=1)
    return book.author.name


async def partial_foreign_key():
    book = await sync_to_async(Book.objects.get)(pk=1)
    return book.author.name


async def fixed_foreign_key():
    book = await Book.objects.select_related("author").aget(pk=1)
    return book.author.name


async def broken_only_its_key():
    book = await Book.objects.aget(pk=1)
    return book.author.pk


async def fixed_only_its_key():
    book = await Book.objects.aget(pk=1)
    return book.author_id


async def broken_without_parentheses():
    return (await Book.objects.aget(pk=1)).author


async def fixed_without_parentheses():
    return (await Book.objects.select_related("author").aget(pk=1)).author


async def broken_first():
    book = await Book.objects.filter(title="First").afirst()
    return book.author.name if book else None


async def fixed_first():
    book = await Book.objects.filter(title="First").select_related("author").afirst()
    return book.author.name if book else None


async def broken_one_to_one():
    profile = await Profile.objects.aget(pk=1)
    return profile.author


async def fixed_one_to_one():
    profile = await Profile.objects.select_related("author").aget(pk=1)
    return profile.author


async def broken_reverse_one_to_one():
    author = await Author.objects.aget(pk=1)
    return author.profile.bio


async def fixed_reverse_one_to_one():
    author = await Author.objects.select_related("profile").aget(pk=1)
    return author.profile.bio


async def broken_second_step():
    book = await Book.objects.select_related("author").aget(pk=1)
    return book.author.profile


@costs(queries=3, hops=3)
async def trap_second_step():
    book = await Book.objects.aget(pk=1)
    author = await sync_to_async(lambda: book.author)()
    return await sync_to_async(lambda: author.profile)()


async def fixed_second_step():
    book = await Book.objects.select_related("author__profile").aget(pk=1)
    return book.author.profile


async def broken_async_for():
    async for book in Book.objects.all():
        print(book.author.name)


@costs(queries=3, hops=3)
async def trap_async_for():
    async for book in Book.objects.all():
        author = await Author.objects.aget(pk=book.author_id)
        print(author.name)


async def fixed_async_for():
    async for book in Book.objects.select_related("author"):
        print(book.author.name)


async def broken_async_comprehension():
    return [book.author.name async for book in Book.objects.all()]


async def fixed_async_comprehension():
    return [book.author.name async for book in Book.objects.with_author()]


async def broken_hasattr():
    author = await Author.objects.aget(pk=1)
    return hasattr(author, "profile")


async def fixed_hasattr():
    author = await Author.objects.aget(pk=1)
    return await Profile.objects.filter(author=author).aexists()


async def broken_getattr():
    author = await Author.objects.aget(pk=1)
    return getattr(author, "profile", None)


async def fixed_getattr():
    author = await Author.objects.aget(pk=1)
    return await sync_to_async(getattr)(author, "profile", None)


async def broken_comparison():
    book = await Book.objects.aget(pk=1)
    author = await Author.objects.aget(pk=1)
    return book.author == author


async def fixed_comparison():
    book = await Book.objects.aget(pk=1)
    author = await Author.objects.aget(pk=1)
    return book.author_id == author.pk
