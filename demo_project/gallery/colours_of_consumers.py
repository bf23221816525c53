"""A consumer's method is of the other colour than its class, or a coroutine is called and not awaited."""

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer, WebsocketConsumer
from channels.layers import get_channel_layer
from shop.models import Author
from shop.sockets import open_socket

CODE = {"DAS007": ["accept_not_awaited", "sync_connect"]}
CATALOGUE = [33]
RAISES = {
    "never awaited": ["async_connect", "accept_not_awaited", "event_lost", "sent_from_a_thread"],
    "TypeError": ["sync_connect"],
}
CONTROL = {"needs a loop": ["async_connect", "accept_not_awaited", "event_lost", "sent_from_a_thread", "sync_connect"]}


async def broken_async_connect():
    class Chat(WebsocketConsumer):
        async def connect(self):
            self.members = await Author.objects.acount()
            self.accept()

    return await open_socket(Chat.as_asgi())


async def fixed_async_connect():
    class Chat(AsyncWebsocketConsumer):
        async def connect(self):
            self.members = await Author.objects.acount()
            await self.accept()

    return await open_socket(Chat.as_asgi())


async def fixed_async_connect_2():
    class Chat(WebsocketConsumer):
        def connect(self):
            self.members = Author.objects.count()
            self.accept()

    return await open_socket(Chat.as_asgi())


async def broken_sync_connect():
    class Chat(AsyncWebsocketConsumer):
        def connect(self):
            self.accept()  # expect: DAS007

    return await open_socket(Chat.as_asgi())


async def fixed_sync_connect():
    class Chat(AsyncWebsocketConsumer):
        async def connect(self):
            await self.accept()

    return await open_socket(Chat.as_asgi())


async def broken_accept_not_awaited():
    class Chat(AsyncWebsocketConsumer):
        async def connect(self):
            self.accept()  # expect: DAS007

    return await open_socket(Chat.as_asgi())


async def fixed_accept_not_awaited():
    class Chat(AsyncWebsocketConsumer):
        async def connect(self):
            await self.accept()

    return await open_socket(Chat.as_asgi())


async def heard_by(layer, channel):
    """Return the next event of a channel, or nothing where none has come."""
    await layer.send(channel, {"type": "nothing"})
    return (await layer.receive(channel))["type"]


async def broken_event_lost():
    class Chat(WebsocketConsumer):
        def receive(self, text_data):
            self.channel_layer.group_send("shop", {"type": text_data})

    layer = get_channel_layer()
    await layer.group_add("shop", "ear")
    await open_socket(Chat.as_asgi(), "book.sold")
    return await heard_by(layer, "ear")


async def fixed_event_lost():
    class Chat(WebsocketConsumer):
        def receive(self, text_data):
            async_to_sync(self.channel_layer.group_send)("shop", {"type": text_data})

    layer = get_channel_layer()
    await layer.group_add("shop", "ear")
    await open_socket(Chat.as_asgi(), "book.sold")
    return await heard_by(layer, "ear")


async def broken_sent_from_a_thread():
    class Chat(AsyncWebsocketConsumer):
        async def receive(self, text_data):
            await database_sync_to_async(self.store)(text_data)

        def store(self, name):
            Author.objects.filter(pk=1).update(name=name)
            self.send("stored")

    return await open_socket(Chat.as_asgi(), "Anna")


async def fixed_sent_from_a_thread():
    class Chat(AsyncWebsocketConsumer):
        async def receive(self, text_data):
            await database_sync_to_async(self.store)(text_data)
            await self.send("stored")

        def store(self, name):
            Author.objects.filter(pk=1).update(name=name)

    return await open_socket(Chat.as_asgi(), "Anna")
