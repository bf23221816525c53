"""A query stands in a method that Python calls itself, and no call is to be seen."""

from contextlib import asynccontextmanager, contextmanager
from functools import cached_property

from asgiref.sync import sync_to_async
from shape import shape
from shop.models import Author, Book

CODE = "DAS001"
CATALOGUE = [2]
CONTROL = {"fixed does other work": ["len", "iter", "with", "overridden_save"]}


class Library:
    """All authors, asked for again each time."""

    def __len__(self):
        return Author.objects.count()

    def __iter__(self):
        return iter(Author.objects.all())

    def __contains__(self, name):
        return Author.objects.filter(name=name).exists()

    def __getitem__(self, name):
        return Author.objects.get(name=name)

    def __call__(self):
        return Author.objects.first()

    def __enter__(self):
        self.first = Author.objects.first()
        return self.first

    def __exit__(self, *error):
        pass

    @cached_property
    def size(self):
        return Author.objects.count()

    @classmethod
    def newest(cls):
        return Author.objects.latest("pk")

    @staticmethod
    def oldest():
        return Author.objects.earliest("pk")


class Branch(Library):
    """A library that asks by way of its base."""

    def __len__(self):
        return super().__len__() + 1


class Box:
    """A library without a database."""

    def __init__(self):
        self.names = ["Ann"]

    def __len__(self):
        return len(self.names)

    def __iter__(self):
        return iter(self.names)

    def __contains__(self, name):
        return name in self.names

    def __enter__(self):
        return self.names[0]

    def __exit__(self, *error):
        pass


@contextmanager
def counted():
    before = Author.objects.count()
    yield before


@asynccontextmanager
async def counted_in_thread():
    yield await Author.objects.acount()


async def broken_len():
    return len(Library())


async def fixed_len():
    return len(Box())


@shape("DAS001", "DAS002")
async def broken_iter():
    return [author for author in Library()]  # noqa: C416


async def fixed_iter():
    return [name for name in Box()]  # noqa: C416


async def broken_contains():
    return "Ann" in Library()


async def fixed_contains():
    return "Ann" in Box()


async def broken_truth():
    return "open" if Library() else "closed"


async def fixed_truth():
    return "open" if Box() else "closed"


async def broken_item():
    return Library()["Ann"]


async def fixed_item():
    return await sync_to_async(Library().__getitem__)("Ann")


async def broken_call():
    library = Library()
    return library()


async def fixed_call():
    library = Library()
    return await sync_to_async(library.__call__)()


async def broken_with():
    with Library() as first:
        return first


async def fixed_with():
    with Box() as first:
        return first


async def broken_context_manager():
    with counted() as before:
        return before


async def fixed_context_manager():
    async with counted_in_thread() as before:
        return before


async def broken_async_context_manager():
    @asynccontextmanager
    async def counted_here():
        yield Author.objects.count()

    async with counted_here() as before:
        return before


async def fixed_async_context_manager():
    @asynccontextmanager
    async def counted_there():
        yield await Author.objects.acount()

    async with counted_there() as before:
        return before


async def broken_cached_property():
    return Library().size


async def fixed_cached_property():
    library = Library()
    return await sync_to_async(lambda: library.size)()


async def broken_class_method():
    return Library.newest()


async def fixed_class_method():
    return await sync_to_async(Library.newest)()


async def broken_static_method():
    return Library.oldest()


async def fixed_static_method():
    return await sync_to_async(Library.oldest)()


async def broken_super():
    return len(Branch())


async def fixed_super():
    return await sync_to_async(len)(Branch())


async def broken_overridden_save():
    class Novel(Book):
        class Meta:
            app_label = "shop"
            proxy = True

        def save(self, *args, **kwargs):
            self.title = self.title.title()
            super().save(*args, **kwargs)

    novel = await Novel.objects.aget(pk=1)
    novel.save()


async def fixed_overridden_save():
    class Novella(Book):
        class Meta:
            app_label = "shop"
            proxy = True

        def save(self, *args, **kwargs):
            self.title = self.title.title()
            super().save(*args, **kwargs)

    novella = await Novella.objects.aget(pk=1)
    await novella.asave()  # runs save() in a thread
