"""aiterator() hands a query to a thread piece by piece; of values_list() alone, it makes the query before the first."""

from shop.models import Author

CODE = "DAS002"
CATALOGUE = [3]


async def broken_tuples():
    return [row async for row in Author.objects.order_by("pk").values_list("pk", "name").aiterator()]


async def fixed_tuples():
    return [row async for row in Author.objects.order_by("pk").values_list("pk", "name")]


async def fixed_tuples_2():
    return [row async for row in Author.objects.order_by("pk").values_list("pk", "name", named=True).aiterator()]


async def broken_tuples_of_one():
    names = Author.objects.values_list("name").order_by("pk").aiterator(chunk_size=1)
    return [name async for (name,) in names]


async def fixed_tuples_of_one():
    names = Author.objects.values_list("name", flat=True).order_by("pk").aiterator(chunk_size=1)
    return [name async for name in names]


async def fixed_tuples_of_one_2():
    return [row["name"] async for row in Author.objects.values("name").order_by("pk").aiterator(chunk_size=1)]


async def broken_tuples_of_relations():
    author = await Author.objects.aget(pk=1)
    rows = author.books.order_by("pk").values_list("title", "author__name").aiterator()
    return [f"{title} by {name}" async for title, name in rows]


async def fixed_tuples_of_relations():
    author = await Author.objects.aget(pk=1)
    rows = author.books.order_by("pk").values("title", "author__name").aiterator()
    return [f"{row['title']} by {row['author__name']}" async for row in rows]
