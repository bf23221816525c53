"""A lazy queryset is evaluated on the event loop, by whatever looks into it."""

import asyncio

from asgiref.sync import sync_to_async
from shape import costs
from shop.models import Author, Book

CODE = "DAS002"
CATALOGUE = [3]
RAISES = {"TypeError": ["awaited", "async_for_of_iterator"]}
CONTROL = {"fails without a loop too": ["async_for_of_list", "awaited", "async_for_of_iterator"]}


async def broken_for():
    for author in Author.objects.all():
        author.greeting()


async def fixed_for():
    async for author in Author.objects.all():
        author.greeting()


async def broken_for_variable():
    authors = Author.objects.filter(name="Ann")
    authors = authors.order_by("name")
    for author in authors:
        author.greeting()


async def fixed_for_variable():
    authors = Author.objects.filter(name="Ann")
    authors = authors.order_by("name")
    async for author in authors:
        author.greeting()


async def broken_condition():
    if Author.objects.filter(name="Ann"):
        return "taken"
    return "free"


async def fixed_condition():
    if await Author.objects.filter(name="Ann").aexists():
        return "taken"
    return "free"


async def broken_not():
    return not Author.objects.filter(name="Ann")


async def fixed_not():
    return not await Author.objects.filter(name="Ann").aexists()


async def broken_or():
    authors = Author.objects.filter(name="Zoe")
    return authors or "nobody"


async def fixed_or():
    authors = [author async for author in Author.objects.filter(name="Zoe")]
    return authors or "nobody"


async def broken_in():
    ann = await Author.objects.aget(pk=1)
    return ann in Author.objects.published()


async def fixed_in():
    ann = await Author.objects.aget(pk=1)
    return await Author.objects.published().acontains(ann)


async def broken_index():
    return Author.objects.order_by("name")[0]


async def fixed_index():
    return await Author.objects.order_by("name").afirst()


async def broken_slice_with_step():
    return Author.objects.order_by("name")[::2]


async def fixed_slice_with_step():
    return [author async for author in Author.objects.order_by("name")[:2]][::2]


async def broken_slice():
    newest = Author.objects.order_by("-pk")[:1]
    return [author.name for author in newest]


async def fixed_slice():
    newest = Author.objects.order_by("-pk")[:1]
    return [author.name async for author in newest]


async def broken_unpacking():
    ann, bob = Author.objects.order_by("name")
    return ann, bob


async def fixed_unpacking():
    ann, bob = [author async for author in Author.objects.order_by("name")]
    return ann, bob


async def broken_star():
    return [*Author.objects.all(), "nobody"]


async def fixed_star():
    return [*[author async for author in Author.objects.all()], "nobody"]


async def broken_star_argument():
    print(*Book.objects.values_list("title", flat=True))


async def fixed_star_argument():
    print(*[title async for title in Book.objects.values_list("title", flat=True)])


async def broken_comprehension():
    return [book.title for book in Book.objects.all()]


async def fixed_comprehension():
    return [book.title async for book in Book.objects.all()]


async def broken_set_comprehension():
    return {book.title for book in Book.objects.cheap()}


async def fixed_set_comprehension():
    return {book.title async for book in Book.objects.cheap()}


async def broken_inner_loop():
    return [(author, book) async for author in Author.objects.all() for book in author.books.all()]


async def fixed_inner_loop():
    return [(author, book) async for author in Author.objects.all() async for book in author.books.all()]


async def broken_iterator():
    for author in Author.objects.all().iterator():
        author.greeting()


async def fixed_iterator():
    async for author in Author.objects.all().aiterator():
        author.greeting()


async def broken_async_for_of_list():
    async for author in list(Author.objects.all()):
        author.greeting()


async def fixed_async_for_of_list():
    for author in await sync_to_async(list)(Author.objects.all()):
        author.greeting()


async def broken_raw():
    for author in Author.objects.raw("SELECT * FROM shop_author"):
        author.greeting()


async def fixed_raw():
    async for author in Author.objects.raw("SELECT * FROM shop_author"):
        author.greeting()


async def broken_walrus():
    if authors := Author.objects.filter(name="Ann"):
        return authors
    return None


async def fixed_walrus():
    if authors := [author async for author in Author.objects.filter(name="Ann")]:
        return authors
    return None


async def broken_while():
    books = Book.objects.filter(price__gt=100)
    while books:
        await asyncio.sleep(0)


async def fixed_while():
    while await Book.objects.filter(price__gt=100).aexists():
        await asyncio.sleep(0)


async def broken_yield_from():
    def titles():
        yield from Book.objects.values_list("title", flat=True)

    return list(titles())


async def fixed_yield_from():
    def titles():
        yield from Book.objects.values_list("title", flat=True)

    return await sync_to_async(lambda: list(titles()))()


async def broken_awaited():
    return await Author.objects.filter(name="Ann")  # expect: DAS002


async def fixed_awaited():
    return await Author.objects.filter(name="Ann").afirst()


async def broken_async_for_of_iterator():
    async for author in Author.objects.all().iterator():  # expect: DAS002
        author.greeting()


async def fixed_async_for_of_iterator():
    async for author in Author.objects.all().aiterator():
        author.greeting()


async def broken_filtered_after_a_loop():
    authors = Author.objects.order_by("pk")
    async for author in authors:
        author.greeting()
    return len(authors.filter(name="Ann"))


@costs(gives=2)
async def trap_filtered_after_a_loop():
    authors = Author.objects.order_by("pk")
    async for author in authors:
        author.greeting()
    return len(authors)


async def fixed_filtered_after_a_loop():
    authors = Author.objects.order_by("pk")
    return len([author async for author in authors if author.name == "Ann"])
