"""A tag or filter of a template asks the database, and the template is rendered on the event loop."""

from asgiref.sync import sync_to_async
from django.shortcuts import render
from django.template.loader import get_template, render_to_string
from django.template.response import TemplateResponse
from shop.models import Book
from shop.visits import visit

CODE = "DAS014"
CATALOGUE = [21]


async def broken_simple_tag():
    async def page(request):
        return render(request, "shop/newest.html")

    return await page(visit())


async def fixed_simple_tag():
    async def page(request):
        return TemplateResponse(request, "shop/newest.html")

    response = await page(visit())
    return await sync_to_async(response.render)()


async def broken_inclusion_tag():
    return render_to_string("shop/written_by.html")


async def fixed_inclusion_tag():
    return await sync_to_async(render_to_string)("shop/written_by.html")


async def broken_filter():
    book = await Book.objects.aget(pk=1)
    return render_to_string("shop/byline.html", {"book": book})


async def fixed_filter():
    book = await Book.objects.select_related("author").aget(pk=1)
    return render_to_string("shop/byline.html", {"book": book})


async def broken_node():
    return get_template("shop/authors.html").render({})


async def fixed_node():
    return await sync_to_async(get_template("shop/authors.html").render)({})
