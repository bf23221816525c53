"""Decorators that a project writes itself."""

import asyncio
import functools
import inspect
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async

POOL = ThreadPoolExecutor(1)


def anywhere(function):
    """Call a function where it is called, or in a thread where a loop runs."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return function()
    return POOL.submit(function).result()


def anywhere_by_flag(function):
    try:
        asyncio.get_running_loop()
        in_async = True
    except RuntimeError:
        in_async = False
    if in_async:
        return POOL.submit(function).result()
    return function()


def anywhere_by_loop(function):
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        loop = None
    if loop is None or not loop.is_running():
        return function()
    return POOL.submit(function).result()


def nowhere(function):
    """Get it the wrong way round."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return POOL.submit(function).result()
    return function()


def of_either_kind(function):
    """Make an async function of either kind."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs) if inspect.iscoroutinefunction(function) else sync_to_async(function)(*args)

    return wrapper


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
