"""A sync function is handed to what calls it on the event loop."""

import asyncio

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.testing import WebsocketCommunicator
from django.core.cache import cache
from shape import shape
from shop.models import Author

CODE = "DAS019"
CATALOGUE = {
    2: ["call_soon", "call_soon_threadsafe", "call_soon_lambda", "done_callback"],
    24: ["cache_callable"],
    33: ["sync_connect"],
}
CONTROL = {"needs a loop": ["call_soon", "call_soon_threadsafe", "call_soon_lambda", "done_callback", "sync_connect"]}


def remember():
    Author.objects.filter(pk=1).update(name="seen")


def remember_task(task):
    Author.objects.filter(pk=1).update(name="seen")


def note(*args):
    """Ask nothing."""


async def broken_call_soon():
    asyncio.get_running_loop().call_soon(remember)  # expect: DAS019


async def fixed_call_soon():
    asyncio.get_running_loop().call_soon(note)


async def broken_call_soon_threadsafe():
    loop = asyncio.get_running_loop()
    loop.call_soon_threadsafe(remember)  # expect: DAS019


async def fixed_call_soon_threadsafe():
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, remember)


async def broken_call_soon_lambda():
    asyncio.get_running_loop().call_soon(lambda: Author.objects.count())  # expect: DAS019


async def fixed_call_soon_lambda():
    loop = asyncio.get_running_loop()
    loop.call_soon(lambda: note(Author.objects.all()))


async def broken_done_callback():
    task = asyncio.create_task(Author.objects.acount())
    task.add_done_callback(remember_task)  # expect: DAS019
    await task


async def fixed_done_callback():
    task = asyncio.create_task(Author.objects.acount())
    task.add_done_callback(note)
    await task
    await sync_to_async(remember)()


@shape("DAS001", "DAS019")
async def broken_cache_callable():
    return await cache.aget_or_set("authors", lambda: Author.objects.count())


async def fixed_cache_callable():
    return await cache.aget_or_set("authors", await Author.objects.acount())


async def broken_sync_connect():
    class Chat(AsyncWebsocketConsumer):
        def connect(self):
            self.members = Author.objects.count()  # expect: DAS019

    await WebsocketCommunicator(Chat.as_asgi(), "/").connect()


async def fixed_sync_connect():
    class Chat(AsyncWebsocketConsumer):
        async def connect(self):
            self.members = await Author.objects.acount()
            await self.accept()

    communicator = WebsocketCommunicator(Chat.as_asgi(), "/")
    await communicator.connect()
    await communicator.disconnect()
