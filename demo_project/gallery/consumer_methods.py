"""A method of an async consumer asks the database: Channels awaits it on the event loop."""

from channels.exceptions import DenyConnection
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.core.exceptions import ObjectDoesNotExist
from shape import costs
from shop.models import Author, Book
from shop.sockets import open_socket

CODE = "DAS001"
CATALOGUE = {31: ["connect", "receive", "event", "disconnect"], 33: ["connect"]}
CONTROL = {"needs a loop": ["connect", "receive", "event", "disconnect"]}


async def broken_connect():
    class Chat(AsyncWebsocketConsumer):
        async def connect(self):
            self.author = Author.objects.get(pk=1)
            await self.accept()

    return await open_socket(Chat.as_asgi())


@costs(gives=["close"])
async def trap_connect():
    class Chat(AsyncWebsocketConsumer):
        async def connect(self):
            try:
                self.author = Author.objects.get(pk=1)
            except Exception as error:
                raise DenyConnection from error
            await self.accept()

    return await open_socket(Chat.as_asgi())


async def fixed_connect():
    class Chat(AsyncWebsocketConsumer):
        async def connect(self):
            try:
                self.author = await Author.objects.aget(pk=1)
            except ObjectDoesNotExist as error:
                raise DenyConnection from error
            await self.accept()

    return await open_socket(Chat.as_asgi())


async def broken_receive():
    class Chat(AsyncWebsocketConsumer):
        async def receive(self, text_data):
            await self.send(str(Book.objects.filter(title=text_data).count()))

    return await open_socket(Chat.as_asgi(), "First")


async def fixed_receive():
    class Chat(AsyncWebsocketConsumer):
        async def receive(self, text_data):
            await self.send(str(await Book.objects.filter(title=text_data).acount()))

    return await open_socket(Chat.as_asgi(), "First")


async def broken_event():
    class Chat(AsyncWebsocketConsumer):
        groups = ["shop"]

        async def book_sold(self, event):
            await self.send(Book.objects.get(pk=event["id"]).title)

    chat = WebsocketCommunicator(Chat.as_asgi(), "/")
    await chat.connect()
    await get_channel_layer().group_send("shop", {"type": "book.sold", "id": 1})
    await chat.receive_from()


async def fixed_event():
    class Chat(AsyncWebsocketConsumer):
        groups = ["shop"]

        async def book_sold(self, event):
            book = await Book.objects.aget(pk=event["id"])
            await self.send(book.title)

    chat = WebsocketCommunicator(Chat.as_asgi(), "/")
    await chat.connect()
    await get_channel_layer().group_send("shop", {"type": "book.sold", "id": 1})
    await chat.receive_from()
    await chat.disconnect()


async def broken_disconnect():
    class Chat(AsyncWebsocketConsumer):
        async def disconnect(self, code):
            Author.objects.filter(pk=1).update(name="away")

    return await open_socket(Chat.as_asgi())


async def fixed_disconnect():
    class Chat(AsyncWebsocketConsumer):
        async def disconnect(self, code):
            await Author.objects.filter(pk=1).aupdate(name="away")

    return await open_socket(Chat.as_asgi())
