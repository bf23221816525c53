"""A template gets a coroutine for a value: it has none of the attributes that are asked for, and shows as nothing."""

from django.shortcuts import render
from shop.models import Book
from shop.visits import visit

CODE = None
CATALOGUE = [6, 21]
RAISES = "never awaited"
CONTROL = "fails without a loop too"


async def broken_title():
    async def page(request):
        return render(request, "shop/title.html", {"book": Book.objects.aget(pk=1)})

    return await page(visit())


async def fixed_title():
    async def page(request):
        return render(request, "shop/title.html", {"book": await Book.objects.aget(pk=1)})

    return await page(visit())
