"""A request is to be one transaction, and its view is an `async def`: Django refuses, and whoever insists has none."""

from contextlib import suppress
from unittest.mock import patch

from asgiref.sync import sync_to_async
from django.db import connections, transaction
from django.test import AsyncClient, override_settings
from django.urls import path
from shape import costs
from shop.models import Book

CATALOGUE = {17: ["decorated"], 19: ["atomic_requests"]}
CODE = {"DAS011": ["decorated"]}  # the checker reads no settings
RAISES = {"RuntimeError": ["atomic_requests"], "ValueError": ["decorated"]}
CONTROL = "fails without a loop too"


class Refused(Exception):
    """What comes when half of the work is done."""


async def price_after(view, **database):
    """Return what a book costs after a request that is refused half-way, with settings of the database."""
    urls = type("urls", (), {"urlpatterns": [path("", view)]})
    in_settings = patch.dict(connections.settings["default"], database)
    with override_settings(ROOT_URLCONF=urls), in_settings, suppress(Refused):
        await AsyncClient().get("/")
    return (await Book.objects.aget(pk=1)).price


def order(request):
    Book.objects.update(price=1)
    raise Refused


async def broken_atomic_requests():
    async def page(request):
        await Book.objects.aupdate(price=1)
        raise Refused

    return await price_after(page, ATOMIC_REQUESTS=True)


@costs(gives=1)
async def trap_atomic_requests():
    @transaction.non_atomic_requests
    async def page(request):
        await Book.objects.aupdate(price=1)
        raise Refused

    return await price_after(page, ATOMIC_REQUESTS=True)


async def fixed_atomic_requests():
    @transaction.non_atomic_requests
    async def page(request):
        return await sync_to_async(transaction.atomic(order))(request)

    return await price_after(page, ATOMIC_REQUESTS=True)


async def fixed_atomic_requests_2():
    return await price_after(order, ATOMIC_REQUESTS=True)


async def broken_decorated():
    @transaction.atomic  # expect: DAS011
    async def page(request):
        await Book.objects.aupdate(price=1)
        raise Refused

    return await price_after(page)


async def fixed_decorated():
    async def page(request):
        return await sync_to_async(transaction.atomic(order))(request)

    return await price_after(page)


async def fixed_decorated_2():
    return await price_after(transaction.atomic(order))
