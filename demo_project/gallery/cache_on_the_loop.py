"""A cache that is a table of the database is asked on the event loop; in memory, the same line asks nobody."""

from asgiref.sync import sync_to_async
from django.core.cache import caches
from django.http import HttpResponse
from django.views.decorators.cache import cache_page
from shape import costs
from shop.models import Book
from shop.visits import visit

CODE = None
CATALOGUE = [24]
RAISES = {"TypeError": ["get_or_set_of_a_coroutine"]}
CONTROL = {"fails without a loop too": ["get_or_set_of_a_coroutine"]}


async def broken_get():
    return caches["table"].get("greeting")


@costs(gives=None)
async def trap_get():
    return caches["default"].get("greeting")  # in the memory of this process, where no other one has stored it


async def fixed_get():
    return await caches["table"].aget("greeting")


async def broken_get_or_set():
    return await caches["default"].aget_or_set("books", Book.objects.count)  # the function is called on the loop


@costs(gives=1)
async def trap_get_or_set():
    await caches["default"].aset("books", 1)  # a warm cache: the function is not called
    return await caches["default"].aget_or_set("books", Book.objects.count)


async def fixed_get_or_set():
    return await sync_to_async(caches["default"].get_or_set)("books", Book.objects.count)


async def broken_get_or_set_of_a_coroutine():
    return await caches["default"].aget_or_set("books", Book.objects.acount)  # what it returns cannot be stored


async def fixed_get_or_set_of_a_coroutine():
    number = await caches["default"].aget("books")
    if number is None:
        number = await Book.objects.acount()
        await caches["default"].aset("books", number)
    return number


async def broken_cached_page():
    @cache_page(60, cache="table")
    async def page(request):
        return HttpResponse(f"{await Book.objects.acount()} books")

    return await page(visit())


async def fixed_cached_page():
    async def page(request):
        number = await caches["table"].aget("number")
        if number is None:
            number = await Book.objects.acount()
            await caches["table"].aset("number", number, 60)
        return HttpResponse(f"{number} books")

    return await page(visit())
