"""A context processor of the settings gives each template of a request something lazy, whatever the view hands over."""

from asgiref.sync import sync_to_async
from django.shortcuts import render
from django.template.loader import render_to_string
from shape import costs
from shop.models import Book
from shop.visits import visit

CODE = "DAS014"
CATALOGUE = [21]


async def broken_shown():
    async def page(request):
        return render(request, "shop/window.html")

    return await page(visit())


@costs(gives="")
async def trap_shown():
    return render_to_string("shop/window.html").strip()  # without a request, no processor is called


async def fixed_shown():
    async def page(request):
        return await sync_to_async(render)(request, "shop/window.html")

    return await page(visit())


async def broken_extended():
    return render_to_string("shop/street.html", {"title": "Street"}, visit())


async def fixed_extended():
    window = [book async for book in Book.objects.order_by("pk")]
    return render_to_string("shop/street.html", {"title": "Street", "window": window}, visit())
