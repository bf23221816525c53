"""A function or method of django.contrib.auth that asks the database is called on the event loop."""

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.testing import WebsocketCommunicator
from django.contrib import auth
from django.contrib.auth import aauthenticate, alogin, alogout, authenticate, get_user_model, login, logout
from django.contrib.auth.models import User
from shape import costs, shape
from shop.visits import visit

CODE = "DAS009"
CATALOGUE = [14]
CONTROL = {"needs a loop": ["scope_user"]}


async def broken_authenticate():
    return authenticate(username="ann", password="secret")


async def fixed_authenticate():
    return await aauthenticate(username="ann", password="secret")


async def broken_authenticate_of_module():
    return auth.authenticate(username="ann", password="secret")


async def fixed_authenticate_of_module():
    return await auth.aauthenticate(username="ann", password="secret")


async def broken_login():
    request = visit(logged_in=False)
    user = await User.objects.aget(username="ann")
    login(request, user)


async def fixed_login():
    request = visit(logged_in=False)
    user = await User.objects.aget(username="ann")
    await alogin(request, user)


async def broken_logout():
    logout(visit())


async def fixed_logout():
    await alogout(visit())


async def broken_get_user():
    return auth.get_user(visit())


async def fixed_get_user():
    return await auth.aget_user(visit())


async def broken_has_perm():
    user = await User.objects.aget(username="ann")
    return user.has_perm("shop.change_book")


async def fixed_has_perm():
    user = await User.objects.aget(username="ann")
    return await user.ahas_perm("shop.change_book")


@costs(gives=True)
async def trap_has_perm():
    user = User(username="root", is_superuser=True)  # as the developer is: nobody looks anything up
    return user.has_perm("shop.change_book")


async def broken_has_perms():
    user = await visit().auser()
    return user.has_perms(["shop.add_book", "shop.change_book"])


async def fixed_has_perms():
    user = await visit().auser()
    return await user.ahas_perms(["shop.add_book", "shop.change_book"])


async def broken_has_module_perms():
    user = await visit().auser()
    return user.has_module_perms("shop")


async def fixed_has_module_perms():
    user = await visit().auser()
    return await user.ahas_module_perms("shop")


async def broken_all_permissions():
    user = await visit().auser()
    return user.get_all_permissions()


async def fixed_all_permissions():
    user = await visit().auser()
    return await user.aget_all_permissions()


@shape("DAS001", "DAS009")
async def broken_create_user():
    return get_user_model().objects.create_user("cid", "cid@example.org", "secret")


async def fixed_create_user():
    return await get_user_model().objects.acreate_user("cid", "cid@example.org", "secret")


@shape("DAS001", "DAS009")
async def broken_groups():
    user = await visit().auser()
    return user.groups.filter(name="editors").exists()


async def fixed_groups():
    user = await visit().auser()
    return await user.groups.filter(name="editors").aexists()


def may_edit(user):
    return user.is_active and user.has_perm("shop.change_book")


async def broken_helper():
    return may_edit(await User.objects.aget(username="ann"))


async def fixed_helper():
    return await sync_to_async(may_edit)(await User.objects.aget(username="ann"))


class BrokenChat(AsyncWebsocketConsumer):
    """Asks whether a user may, when the socket connects."""

    async def connect(self):
        if self.scope["user"].has_perm("shop.change_book"):
            await self.accept()


class FixedChat(AsyncWebsocketConsumer):
    """Asks whether a user may, when the socket connects; its name needs no question."""

    async def connect(self):
        self.name = self.scope["user"].username
        if not await self.scope["user"].ahas_perm("shop.change_book"):
            await self.accept()


async def broken_scope_user():
    communicator = WebsocketCommunicator(BrokenChat.as_asgi(), "/")
    communicator.scope["user"] = await User.objects.aget(username="ann")
    await communicator.connect()


async def fixed_scope_user():
    communicator = WebsocketCommunicator(FixedChat.as_asgi(), "/")
    communicator.scope["user"] = await User.objects.aget(username="ann")
    await communicator.connect()
    await communicator.disconnect()
