"""What stands around an async view is not async: a plain decorator gets a coroutine where it looks for an answer."""

import functools

from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.utils.deprecation import MiddlewareMixin
from django.views import View
from django.views.decorators.cache import never_cache
from shop.visits import visit

CODE = None
CATALOGUE = {15: ["mixed_handlers"], 26: ["decorator", "method_decorator", "middleware", "Stamp"]}
RAISES = {
    "ImproperlyConfigured": ["mixed_handlers"],
    "TypeError": ["decorator", "method_decorator", "middleware"],
}
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


async def answer(request):
    return HttpResponse("in")


class BrokenStamp:
    """Says of itself that it is async, and is not."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["X-Shop"] = "Ann's"
        return response


class FixedStamp(MiddlewareMixin):
    """Is of both kinds: Django calls it in a thread where the view is async."""

    def process_response(self, request, response):
        response["X-Shop"] = "Ann's"
        return response


async def broken_middleware():
    return await BrokenStamp(answer)(visit())


async def fixed_middleware():
    return await FixedStamp(answer)(visit())


async def broken_mixed_handlers():
    class Page(View):
        async def get(self, request):
            return HttpResponse("in")

        def post(self, request):
            return HttpResponse("stored")

    return await Page.as_view()(visit())


async def fixed_mixed_handlers():
    class Page(View):
        async def get(self, request):
            return HttpResponse("in")

        async def post(self, request):
            return HttpResponse("stored")

    return await Page.as_view()(visit())


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
