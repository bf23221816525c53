"""A middleware of one's own finds the user of a socket, or a consumer saves the session of one."""

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.exceptions import DenyConnection
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.db import SessionStore
from django.utils.functional import SimpleLazyObject
from shape import costs
from shop.sockets import open_socket

CODE = {"DAS001": ["middleware"], "DAS008": ["session"], "DAS009": ["permission"]}
CATALOGUE = [32]
RAISES = {"never awaited": ["await_forgotten"]}
CONTROL = {"needs a loop": ["middleware", "lazy_user", "await_forgotten", "session", "permission"]}


class Chat(AsyncWebsocketConsumer):
    """Lets users in."""

    async def connect(self):
        if self.scope["user"].is_authenticated:
            await self.accept()
        else:
            await self.close()


def user_of(scope):
    """Return the user of a token, here the key of a session, or one who is nobody."""
    session = SessionStore(scope["query_string"].decode())
    return User.objects.filter(pk=session.get(SESSION_KEY)).first() or AnonymousUser()


def member_of(scope):
    """Return the user of a token, or None."""
    user = user_of(scope)
    return user if user.is_authenticated else None


async def broken_middleware():
    async def with_user(scope, receive, send):
        scope["user"] = user_of(scope)
        await Chat.as_asgi()(scope, receive, send)

    return await open_socket(with_user)


@costs(gives=["close"])
async def trap_middleware():
    async def with_user(scope, receive, send):
        try:
            scope["user"] = user_of(scope)
        except Exception:  # noqa: BLE001 - that is the trap
            scope["user"] = AnonymousUser()
        await Chat.as_asgi()(scope, receive, send)

    return await open_socket(with_user)


async def fixed_middleware():
    async def with_user(scope, receive, send):
        scope["user"] = await database_sync_to_async(user_of)(scope)
        await Chat.as_asgi()(scope, receive, send)

    return await open_socket(with_user)


async def fixed_middleware_2():
    return await open_socket(AuthMiddlewareStack(Chat.as_asgi()))


async def broken_lazy_user():
    async def with_user(scope, receive, send):
        scope["user"] = SimpleLazyObject(lambda: user_of(scope))
        await Chat.as_asgi()(scope, receive, send)

    return await open_socket(with_user)


async def fixed_lazy_user():
    async def with_user(scope, receive, send):
        scope["user"] = await database_sync_to_async(user_of)(scope)
        await Chat.as_asgi()(scope, receive, send)

    return await open_socket(with_user)


async def broken_await_forgotten():
    class Members(AsyncWebsocketConsumer):
        async def connect(self):
            if not self.scope["member"]:
                raise DenyConnection
            await self.accept()

    async def with_member(scope, receive, send):
        scope["member"] = database_sync_to_async(member_of)(scope)
        await Members.as_asgi()(scope, receive, send)

    return await open_socket(with_member, known=False)


async def fixed_await_forgotten():
    class Members(AsyncWebsocketConsumer):
        async def connect(self):
            if not self.scope["member"]:
                raise DenyConnection
            await self.accept()

    async def with_member(scope, receive, send):
        scope["member"] = await database_sync_to_async(member_of)(scope)
        await Members.as_asgi()(scope, receive, send)

    return await open_socket(with_member, known=False)


async def broken_session():
    class Colored(AsyncWebsocketConsumer):
        async def receive(self, text_data):
            self.scope["session"]["color"] = text_data
            self.scope["session"].save()
            await self.send("saved")

    return await open_socket(AuthMiddlewareStack(Colored.as_asgi()), "blue")


async def fixed_session():
    class Colored(AsyncWebsocketConsumer):
        async def receive(self, text_data):
            await self.scope["session"].aset("color", text_data)
            await self.scope["session"].asave()
            await self.send("saved")

    return await open_socket(AuthMiddlewareStack(Colored.as_asgi()), "blue")


async def broken_permission():
    class Shop(AsyncWebsocketConsumer):
        async def receive(self, text_data):
            may = self.scope["user"].has_perm(text_data)
            await self.send(f"{self.scope['user'].username}: {may}")

    return await open_socket(AuthMiddlewareStack(Shop.as_asgi()), "shop.add_book")


async def fixed_permission():
    class Shop(AsyncWebsocketConsumer):
        async def receive(self, text_data):
            may = await self.scope["user"].ahas_perm(text_data)
            await self.send(f"{self.scope['user'].username}: {may}")

    return await open_socket(AuthMiddlewareStack(Shop.as_asgi()), "shop.add_book")
