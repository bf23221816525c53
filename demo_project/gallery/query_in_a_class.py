"""A query method is called through a class: a method, a property, a constructor, an attribute of self."""

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.testing import WebsocketCommunicator
from django.http import HttpResponse
from django.views import View
from shop.models import Author, Book, Magazine
from shop.visits import visit

CODE = "DAS001"
CATALOGUE = [2]
CONTROL = {"fixed does other work": ["method_beside", "lookalike"], "needs a loop": ["consumer"]}


class Shelf:
    """Asks when it is made."""

    def __init__(self):
        self.size = Book.objects.count()


class Catalogue:
    """Asks when its entries are wanted."""

    def __init__(self, author):
        self.author = author

    def size(self):
        return self.author.books.count()


class Basket:
    """Has the names of a model's methods, and no model."""

    def __init__(self):
        self.books = []

    def filter(self, **kwargs):
        return self.books

    def first(self):
        return self.books[:1]

    def count(self):
        return len(self.books)

    def save(self):
        self.books.append("saved")

    def delete(self):
        self.books.clear()


async def broken_model_method():
    author = await Author.objects.aget(pk=1)
    author.rename("Anna")


async def fixed_model_method():
    author = await Author.objects.aget(pk=1)
    await sync_to_async(author.rename)("Anna")


async def broken_method_beside():
    author = await Author.objects.aget(pk=1)
    author.rename(author.greeting())


async def fixed_method_beside():
    author = await Author.objects.aget(pk=1)
    return author.greeting()


async def broken_property():
    author = await Author.objects.aget(pk=1)
    return author.book_count


async def fixed_property():
    author = await Author.objects.aget(pk=1)
    return await sync_to_async(lambda: author.book_count)()


async def broken_abstract_base():
    magazine = await Magazine.objects.aget(pk=1)
    magazine.archive()


async def fixed_abstract_base():
    magazine = await Magazine.objects.aget(pk=1)
    await sync_to_async(magazine.archive)()


async def broken_constructor():
    return Shelf().size


async def fixed_constructor():
    return (await sync_to_async(Shelf)()).size


async def broken_held_instance():
    catalogue = Catalogue(await Author.objects.aget(pk=1))
    return catalogue.size()


async def fixed_held_instance():
    catalogue = Catalogue(await Author.objects.aget(pk=1))
    return await sync_to_async(catalogue.size)()


async def broken_lookalike():
    author = Author(name="Cid", email="cid@example.org")
    author.save()


async def fixed_lookalike():
    basket = Basket()
    basket.save()
    basket.delete()
    return basket.filter(name="Cid"), basket.first(), basket.count()


async def broken_lookalike_parameter():
    async def keep(author: Author):
        author.save()

    await keep(await Author.objects.aget(pk=1))


async def fixed_lookalike_parameter():
    async def keep(basket: Basket):
        basket.save()

    await keep(Basket())


class BrokenRoom:
    """Like a consumer: one coroutine sets what another uses."""

    async def connect(self):
        self.author = await Author.objects.aget(pk=1)

    async def receive(self, name):
        self.author.name = name
        self.author.save()


class FixedRoom:
    """Like a consumer: one coroutine sets what another uses."""

    async def connect(self):
        self.author = await Author.objects.aget(pk=1)

    async def receive(self, name):
        self.author.name = name
        await self.author.asave()


async def broken_attribute_of_self():
    room = BrokenRoom()
    await room.connect()
    await room.receive("Anna")


async def fixed_attribute_of_self():
    room = FixedRoom()
    await room.connect()
    await room.receive("Anna")


class BrokenChat(AsyncJsonWebsocketConsumer):
    """Asks while the socket connects."""

    async def connect(self):
        self.members = Author.objects.count()
        await self.accept()


class FixedChat(AsyncJsonWebsocketConsumer):
    """Asks in a thread while the socket connects."""

    async def connect(self):
        self.members = await self._count()
        await self.accept()

    @database_sync_to_async
    def _count(self):
        return Author.objects.count()


async def broken_consumer():
    await WebsocketCommunicator(BrokenChat.as_asgi(), "/").connect()


async def fixed_consumer():
    communicator = WebsocketCommunicator(FixedChat.as_asgi(), "/")
    await communicator.connect()
    await communicator.disconnect()


class BrokenAuthors(View):
    """Asks through a sync method of its own."""

    def count(self):
        return Author.objects.count()

    async def get(self, request):
        return HttpResponse(self.count())


class FixedAuthors(View):
    """Asks through a sync method of its own, in a thread."""

    def count(self):
        return Author.objects.count()

    async def get(self, request):
        return HttpResponse(await sync_to_async(self.count)())


async def broken_class_based_view():
    return await BrokenAuthors.as_view()(visit())


async def fixed_class_based_view():
    return await FixedAuthors.as_view()(visit())


class Repository:
    """What several stores share."""

    model = None

    def size(self):
        return self.model.objects.count()


class Authors(Repository):
    model = Author


async def broken_model_of_a_subclass():
    return Authors().size()


async def fixed_model_of_a_subclass():
    return await sync_to_async(Authors().size)()
