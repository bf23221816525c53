"""A query method is called on the event loop."""

from asgiref.sync import sync_to_async
from django.db.models import Count, F
from django.shortcuts import aget_object_or_404, get_list_or_404, get_object_or_404
from shape import costs
from shop.models import Author, Book, Tag

CODE = "DAS001"
CATALOGUE = [1]
CONTROL = {"fails without a loop too": ["awaited_get"]}


async def broken_get():
    return Author.objects.get(pk=1)


async def fixed_get():
    return await Author.objects.aget(pk=1)


async def broken_awaited_get():
    return await Author.objects.get(pk=1)


async def fixed_awaited_get():
    return await sync_to_async(Author.objects.get)(pk=1)


async def broken_first():
    return Author.objects.filter(name="Ann").order_by("name").first()


async def fixed_first():
    return await Author.objects.filter(name="Ann").order_by("name").afirst()


async def broken_latest():
    return Author.objects.latest("pk")


async def fixed_latest():
    return await Author.objects.alatest("pk")


async def broken_create():
    Author.objects.create(name="Cid", email="cid@example.org")


async def fixed_create():
    await Author.objects.acreate(name="Cid", email="cid@example.org")


async def broken_get_or_create():
    author, _created = Author.objects.get_or_create(name="Ann")
    return author


async def fixed_get_or_create():
    author, _created = await Author.objects.aget_or_create(name="Ann")
    return author


async def broken_update_or_create():
    Author.objects.update_or_create(name="Ann", defaults={"email": "ann@example.com"})


async def fixed_update_or_create():
    await Author.objects.aupdate_or_create(name="Ann", defaults={"email": "ann@example.com"})


async def broken_count():
    return Book.objects.cheap().count()


async def fixed_count():
    return await Book.objects.cheap().acount()


async def broken_exists():
    if Author.objects.filter(name="Ann").exists():
        return "taken"
    return "free"


async def fixed_exists():
    if await Author.objects.filter(name="Ann").aexists():
        return "taken"
    return "free"


async def broken_aggregate():
    return Book.objects.aggregate(total=Count("pk"))["total"]


async def fixed_aggregate():
    return (await Book.objects.aaggregate(total=Count("pk")))["total"]


async def broken_in_bulk():
    return Author.objects.in_bulk([1, 2])


async def fixed_in_bulk():
    return await Author.objects.ain_bulk([1, 2])


async def broken_update():
    Book.objects.filter(pk=1).update(price=F("price") + 1)


async def fixed_update():
    await Book.objects.filter(pk=1).aupdate(price=F("price") + 1)


async def broken_queryset_delete():
    Book.objects.filter(pk=1).delete()


async def fixed_queryset_delete():
    await Book.objects.filter(pk=1).adelete()


async def broken_bulk_create():
    Tag.objects.bulk_create([Tag(name="new"), Tag(name="old")])


async def fixed_bulk_create():
    await Tag.objects.abulk_create([Tag(name="new"), Tag(name="old")])


async def broken_bulk_update():
    tags = [Tag(pk=1, name="newer")]
    Tag.objects.bulk_update(tags, ["name"])


async def fixed_bulk_update():
    tags = [Tag(pk=1, name="newer")]
    await Tag.objects.abulk_update(tags, ["name"])


async def broken_shortcut():
    return get_object_or_404(Author, pk=1)


async def fixed_shortcut():
    return await aget_object_or_404(Author, pk=1)


async def broken_list_shortcut():
    return get_list_or_404(Book, author_id=1)


async def fixed_list_shortcut():
    return await sync_to_async(get_list_or_404)(Book, author_id=1)


async def broken_of_those_chosen():
    chosen = [author.pk async for author in Author.objects.all()]
    return Author.objects.filter(pk__in=chosen).count()


@costs(gives=0)
async def trap_of_those_chosen():
    return Author.objects.filter(pk__in=[]).count()


async def fixed_of_those_chosen():
    chosen = [author.pk async for author in Author.objects.all()]
    return await Author.objects.filter(pk__in=chosen).acount()
