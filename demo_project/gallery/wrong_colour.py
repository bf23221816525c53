"""A wrapper is put around a function of the other colour, or something is awaited that cannot be."""

from asgiref.sync import async_to_sync, sync_to_async
from shop.models import Author

CODE = None
CATALOGUE = [7]
RUNNER = {"script": ["sync_function_run_as_async"]}
RAISES = {
    "AttributeError": ["attribute_before_await"],
    "TypeError": ["async_function_wrapped", "sync_function_run_as_async", "queryset_awaited"],
}
CONTROL = {
    "fails without a loop too": [
        "async_function_wrapped",
        "sync_function_run_as_async",
        "queryset_awaited",
        "attribute_before_await",
    ]
}


async def count():
    return await Author.objects.acount()


def count_now():
    return Author.objects.count()


async def broken_async_function_wrapped():
    return await sync_to_async(count)()


async def fixed_async_function_wrapped():
    return await count()


async def fixed_async_function_wrapped_2():
    return await sync_to_async(count_now)()


def broken_sync_function_run_as_async():
    return async_to_sync(count_now)()


def fixed_sync_function_run_as_async():
    return count_now()


def fixed_sync_function_run_as_async_2():
    return async_to_sync(count)()


async def broken_queryset_awaited():
    return [author.name for author in await Author.objects.order_by("pk")]


async def fixed_queryset_awaited():
    return [author.name async for author in Author.objects.order_by("pk")]


async def broken_attribute_before_await():
    return await Author.objects.aget(pk=1).name


async def fixed_attribute_before_await():
    return (await Author.objects.aget(pk=1)).name
