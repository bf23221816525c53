"""Decorators that a project writes itself."""

import functools
import inspect

from asgiref.sync import sync_to_async


def in_thread(function):
    """Run a sync function in a thread."""

    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        return await sync_to_async(function)(*args, **kwargs)

    return wrapper


def logged(function):
    """Run a sync function where it is called."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def either(function):
    """Decorate a function of either kind."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def call(*args, **kwargs):
            return await function(*args, **kwargs)
    else:

        @functools.wraps(function)
        def call(*args, **kwargs):
            return function(*args, **kwargs)

    return call
