"""A wrapper of one's own is seen for what it does: it hands a function to a thread, or it calls it here."""

from functools import partial
from inspect import isawaitable, iscoroutinefunction

from asgiref.sync import sync_to_async
from shop.models import Author

CODE = "DAS001"
CATALOGUE = [2]

in_thread = partial(sync_to_async, thread_sensitive=True)


def in_thread_if_sync(function):
    return function if iscoroutinefunction(function) else sync_to_async(function)


async def run(function, *args):
    if iscoroutinefunction(function):
        return await function(*args)
    return await sync_to_async(function)(*args)


class InThread:
    """A decorator that has the function called in a thread."""

    def __init__(self, function):
        self.function = function

    async def __call__(self, *args):
        return await sync_to_async(self.function)(*args)


class Method:
    """A decorator of methods: reading one gives the function in a thread, bound."""

    def __init__(self, function):
        self.function = function

    def __get__(self, instance, owner):
        return partial(sync_to_async(self.function), instance)


def count():
    return Author.objects.count()


async def acount():
    return await Author.objects.acount()


@in_thread
def count_in_thread():
    return Author.objects.count()


class Authors:
    @Method
    def count(self):
        return Author.objects.count()

    def count_here(self):
        return Author.objects.count()


def call(function):
    return function()


async def broken_partial():
    return count()


async def fixed_partial():
    return await count_in_thread()


async def broken_handed_on():
    function = in_thread_if_sync(acount)
    return await function() and count()


async def fixed_handed_on():
    function = in_thread_if_sync(acount)
    return await function() and await in_thread_if_sync(count)()


async def broken_run():
    return call(count)


async def fixed_run():
    return await run(count)


async def fixed_run_2():
    return await run(acount)


async def broken_awaited_if_needed():
    result = call(count)
    if isawaitable(result):
        result = await result
    return result


async def fixed_awaited_if_needed():
    result = call(acount)
    if isawaitable(result):
        result = await result
    return result


async def broken_class():
    return InThread(count).function()


async def fixed_class():
    return await InThread(count)()


async def broken_method():
    return Authors().count_here()


async def fixed_method():
    return await Authors().count()
