"""A value is kept for the thread, as in a plain view, and all that the loop runs has the same thread."""

import asyncio
import contextvars
import threading

from asgiref.local import Local
from asgiref.sync import sync_to_async
from django.utils import translation
from shape import costs
from shop.models import Author

CODE = None
CATALOGUE = [45]
RAISES = {"AssertionError": ["user"]}
CONTROL = {"needs a loop": ["user"]}


async def broken_user():
    current = threading.local()

    async def greet(name):
        current.name = name
        await Author.objects.acount()
        assert current.name == name, f"{name} is taken for {current.name}"
        return name

    return await asyncio.gather(greet("ann"), greet("ben"))


async def fixed_user():
    current = contextvars.ContextVar("current")

    async def greet(name):
        current.set(name)
        await Author.objects.acount()
        assert current.get() == name
        return name

    return await asyncio.gather(greet("ann"), greet("ben"))


async def fixed_user_2():
    current = Local()

    async def greet(name):
        current.name = name
        await Author.objects.acount()
        assert current.name == name
        return name

    return await asyncio.gather(greet("ann"), greet("ben"))


def count_and_say():
    return [Author.objects.count(), translation.get_language()]


async def broken_language():
    with translation.override("de"):
        return count_and_say()


@costs(gives=[2, "en-us"], connections=1)
async def trap_language():
    with translation.override("de"):
        return await asyncio.to_thread(count_and_say)


async def fixed_language():
    with translation.override("de"):
        return await sync_to_async(count_and_say)()
