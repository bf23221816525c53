"""Django itself calls plain code on the loop: while it looks which view an address is for, and where it imports late.

The views are plain functions, and run in threads. What finds them does not.
"""

import importlib

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse
from django.test import AsyncClient, override_settings
from django.urls import path, register_converter
from shape import costs
from shop.models import Author, Book

CODE = None
CATALOGUE = [43]
RAISES = {"never awaited": ["async_converter"]}
CONTROL = {"needs a loop": ["converter", "async_converter"]}


class Converter:
    regex = "[A-Z][a-z]+"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class AskingConverter(Converter):
    def to_python(self, value):
        if not Author.objects.filter(name=value).exists():
            raise ValueError(value)
        return value


class AwaitingConverter(Converter):
    async def to_python(self, value):
        if not await Author.objects.filter(name=value).aexists():
            raise ValueError(value)
        return value


def show(request, name):
    if not Author.objects.filter(name=name).exists():
        raise Http404
    return HttpResponse(name)


async def answers(converter):
    """Ask for pages of three authors, of whom one has come later and one is none."""
    register_converter(converter, converter.__name__)
    await Author.objects.acreate(name="Later", email="later@example.com")
    with override_settings(ROOT_URLCONF=(path(f"<{converter.__name__}:name>/", show),)):
        return [(await AsyncClient().get(f"/{name}/")).status_code for name in ("Ann", "Later", "Nobody")]


async def broken_converter():
    return await answers(AskingConverter)


@costs(gives=[200, 404, 404])
async def trap_converter():
    names = [author.name async for author in Author.objects.all()]

    class RememberingConverter(Converter):
        def to_python(self, value):
            if value not in names:
                raise ValueError(value)
            return value

    return await answers(RememberingConverter)


async def fixed_converter():
    return await answers(Converter)


async def broken_async_converter():
    return await answers(AwaitingConverter)


async def fixed_async_converter():
    return await answers(Converter)


def titles():
    return [book.title for book in Book.objects.order_by("pk")]


async def broken_import():
    await Book.objects.acreate(title="Third", author_id=1)
    return importlib.import_module("shop.bestsellers").TITLES


@costs(gives=["First", "Second"])
async def trap_import():
    shelf = await sync_to_async(importlib.import_module)("shop.bestsellers")  # as a server does when it starts
    await Book.objects.acreate(title="Third", author_id=1)
    return shelf.TITLES


async def fixed_import():
    await Book.objects.acreate(title="Third", author_id=1)
    return await sync_to_async(titles)()
