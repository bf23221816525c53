"""A coroutine that Django, Channels or asyncio calls asks the database; its own line is the place."""

import asyncio
import functools

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.testing import WebsocketCommunicator
from django.core.management import BaseCommand, call_command
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.decorators import async_only_middleware
from shop.models import Author, Book
from shop.visits import visit

CODE = "DAS001"
CATALOGUE = {
    26: ["middleware", "middleware_class", "decorator", "Middleware"],
    27: ["command", "Command"],
    31: ["message", "Chat"],
    32: ["socket_middleware", "AuthMiddleware"],
    34: ["gather"],
    35: ["stream"],
    37: ["task"],
}
CONTROL = {"needs a loop": ["command", "task", "gather", "message", "socket_middleware"]}


async def answer(request):
    return HttpResponse("in")


async def broken_middleware():
    @async_only_middleware
    def counting(get_response):
        async def middleware(request):
            request.authors = Author.objects.count()
            return await get_response(request)

        return middleware

    return await counting(answer)(visit())


async def fixed_middleware():
    @async_only_middleware
    def counting(get_response):
        async def middleware(request):
            request.authors = await Author.objects.acount()
            return await get_response(request)

        return middleware

    return await counting(answer)(visit())


class BrokenMiddleware:
    """Asks on the loop before each view."""

    def __init__(self, get_response):
        self.get_response = get_response

    async def __call__(self, request):
        request.author = Author.objects.filter(name="Ann").first()
        return await self.get_response(request)


class FixedMiddleware:
    """Asks in a thread before each view."""

    def __init__(self, get_response):
        self.get_response = get_response

    async def __call__(self, request):
        request.author = await Author.objects.filter(name="Ann").afirst()
        return await self.get_response(request)


async def broken_middleware_class():
    return await BrokenMiddleware(answer)(visit())


async def fixed_middleware_class():
    return await FixedMiddleware(answer)(visit())


async def broken_decorator():
    def counted(view):
        @functools.wraps(view)
        async def wrapper(request):
            request.authors = Author.objects.count()
            return await view(request)

        return wrapper

    return await counted(answer)(visit())


async def fixed_decorator():
    def counted(view):
        @functools.wraps(view)
        async def wrapper(request):
            request.authors = await Author.objects.acount()
            return await view(request)

        return wrapper

    return await counted(answer)(visit())


async def broken_stream():
    async def lines():
        yield "authors: "
        yield str(Author.objects.count())

    response = StreamingHttpResponse(lines())
    return [line async for line in response]


async def fixed_stream():
    async def lines():
        yield "authors: "
        yield str(await Author.objects.acount())

    response = StreamingHttpResponse(lines())
    return [line async for line in response]


class BrokenCommand(BaseCommand):
    """Asks in a loop of its own."""

    def handle(self, **options):
        asyncio.run(self.main())

    async def main(self):
        Author.objects.create(name="Cid", email="cid@example.org")


class FixedCommand(BaseCommand):
    """Asks in a loop of its own, and in threads."""

    def handle(self, **options):
        self.greeting = Author.objects.get(pk=1).greeting()  # there is no loop yet
        asyncio.run(self.main())

    async def main(self):
        await Author.objects.acreate(name="Cid", email="cid@example.org")


async def broken_command():
    await asyncio.to_thread(call_command, BrokenCommand())


async def fixed_command():
    await asyncio.to_thread(call_command, FixedCommand())


async def broken_task():
    async def work():
        Author.objects.create(name="Cid", email="cid@example.org")

    await asyncio.create_task(work())


async def fixed_task():
    async def work():
        await Author.objects.acreate(name="Cid", email="cid@example.org")

    await asyncio.create_task(work())


async def broken_gather():
    async def price_of(title):
        return Book.objects.get(title=title).price

    return await asyncio.gather(price_of("First"), price_of("Second"))


async def fixed_gather():
    async def price_of(title):
        return (await Book.objects.aget(title=title)).price

    return await asyncio.gather(price_of("First"), price_of("Second"))


class BrokenChat(AsyncJsonWebsocketConsumer):
    """Stores on the loop what comes in."""

    async def receive_json(self, content):
        Author.objects.filter(pk=1).update(name=content["name"])
        await self.send_json({"stored": True})


class FixedChat(AsyncJsonWebsocketConsumer):
    """Stores in a thread what comes in."""

    async def receive_json(self, content):
        await Author.objects.filter(pk=1).aupdate(name=content["name"])
        await self.send_json({"stored": True})


async def broken_message():
    communicator = WebsocketCommunicator(BrokenChat.as_asgi(), "/")
    await communicator.connect()
    await communicator.send_json_to({"name": "Anna"})
    await communicator.receive_json_from()


async def fixed_message():
    communicator = WebsocketCommunicator(FixedChat.as_asgi(), "/")
    await communicator.connect()
    await communicator.send_json_to({"name": "Anna"})
    await communicator.receive_json_from()
    await communicator.disconnect()


class BrokenAuthMiddleware:
    """Looks a name up on the loop before the consumer sees the socket."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        scope["author"] = Author.objects.get(name="Ann")
        return await self.app(scope, receive, send)


class FixedAuthMiddleware:
    """Looks a name up in a thread before the consumer sees the socket."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        scope["author"] = await sync_to_async(Author.objects.get)(name="Ann")
        return await self.app(scope, receive, send)


async def broken_socket_middleware():
    await WebsocketCommunicator(BrokenAuthMiddleware(FixedChat.as_asgi()), "/").connect()


async def fixed_socket_middleware():
    communicator = WebsocketCommunicator(FixedAuthMiddleware(FixedChat.as_asgi()), "/")
    await communicator.connect()
    await communicator.disconnect()
