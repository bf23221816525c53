"""What has a method by the name of a query's, and no database behind it, is left in peace."""

import asyncio
from pathlib import Path

from django.core.cache import cache
from shape import shape
from shop.models import Author, Book

CODE = "DAS001"
CONTROL = {
    "fixed does other work": [
        "get",
        "create",
        "objects",
        "all",
        "count",
        "update",
        "values",
        "first",
        "shadowed_name",
        "unsaved",
    ]
}


class Client:
    """A client of some other service."""

    def get(self, url):
        return url

    def create(self, **fields):
        return fields

    def all(self):
        return [1, 2]


class Store:
    """Has a manager's attribute by name alone."""

    objects = Client()


def get(name):
    return name


async def broken_get():
    return Author.objects.get(pk=1)


async def fixed_get():
    return {"pk": 1}.get("pk"), Client().get("/"), get("pk"), cache.get("pk")


async def broken_create():
    return Author.objects.create(name="Cid", email="cid@example.org")


async def fixed_create():
    return Client().create(name="Cid")


async def broken_objects():
    return Book.objects.get(pk=1)


async def fixed_objects():
    return Store.objects.get("/")


@shape("DAS002")
async def broken_all():
    return list(Author.objects.all())


async def fixed_all():
    return list(Client().all())


async def broken_count():
    return Author.objects.count()


async def fixed_count():
    names = ["Ann", "Bob"]
    return names.count("Ann"), "Ann".count("n")


async def broken_update():
    Author.objects.update(name="Anna")


async def fixed_update():
    names = {"Ann"}
    names.update(["Bob"])
    {"Ann": 1}.update(Bob=2)


async def broken_exists():
    return Author.objects.exists()


async def fixed_exists():
    return Path("/").exists()


@shape("DAS002")
async def broken_values():
    return [name for (name,) in Author.objects.values_list("name")]


async def fixed_values():
    return [name for name in {1: "Ann"}.values()]  # noqa: C416


async def broken_first():
    waiting = Author.objects.order_by("name")
    return waiting.first()


async def fixed_first():
    waiting = asyncio.Queue()
    waiting.put_nowait("Ann")
    return await waiting.get()


async def broken_save():
    async def keep(author: Author):
        author.save()

    await keep(await Author.objects.aget(pk=1))


async def fixed_save():
    async def keep(image):
        image.save()

    await keep(Upload())


class Upload:
    """Saves itself somewhere."""

    def save(self):
        return "saved"


async def broken_shadowed_name():
    return Author.objects.first()


async def fixed_shadowed_name():
    class Author:
        objects = Client()

    return Author.objects.get("/")


@shape("DAS002")
async def broken_reassigned_name():
    rows = Author.objects.all()
    return len(rows)


async def fixed_reassigned_name():
    rows = Author.objects.all()
    rows = [row async for row in rows]
    return len(rows)


@shape("DAS003")
async def broken_unsaved():
    return Book(title="Third", author_id=1).author


async def fixed_unsaved():
    author = Author(name="Cid")
    return str(author), Book(title="Third", author=author).author
