"""What stands around an async view is not async: a plain decorator gets a coroutine where it looks for an answer."""

import functools

from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from shop.visits import visit

CODE = None
CATALOGUE = [26]
RAISES = "TypeError"
CONTROL = "fails without a loop too"


def stamped(view):
    """Write a header into each answer; made for plain views."""

    @functools.wraps(view)
    def wrapper(request):
        response = view(request)
        response["X-Shop"] = "Ann's"
        return response

    return wrapper


def stamped_async(view):
    """Write a header into each answer of an async view."""

    @functools.wraps(view)
    async def wrapper(request):
        response = await view(request)
        response["X-Shop"] = "Ann's"
        return response

    return wrapper


async def broken_decorator():
    @stamped
    async def page(request):
        return HttpResponse("in")

    return await page(visit())


async def fixed_decorator():
    @stamped_async
    async def page(request):
        return HttpResponse("in")

    return await page(visit())


async def fixed_decorator_2():
    @never_cache  # Django's own are for views of both kinds
    async def page(request):
        return HttpResponse("in")

    return await page(visit())


async def broken_method_decorator():
    class Page(View):
        @method_decorator(stamped)
        async def get(self, request):
            return HttpResponse("in")

    return await Page.as_view()(visit())


async def fixed_method_decorator():
    class Page(View):
        @method_decorator(never_cache)
        async def get(self, request):
            return HttpResponse("in")

    return await Page.as_view()(visit())
