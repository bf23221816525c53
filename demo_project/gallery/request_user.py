"""request.user or request.session, both lazy, are loaded on the event loop."""

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware
from django.views import View
from shape import costs
from shop.visits import visit

CODE = "DAS008"
CATALOGUE = [13]
CONTROL = {"fixed does other work": ["lookalike"]}


def name_of(request):
    return request.user.get_username()


async def broken_is_authenticated():
    async def page(request):
        return HttpResponse("in" if request.user.is_authenticated else "out")

    return await page(visit())


async def fixed_is_authenticated():
    async def page(request):
        user = await request.auser()
        return HttpResponse("in" if user.is_authenticated else "out")

    return await page(visit())


async def partial_is_authenticated():
    async def page(request):
        return HttpResponse("in" if request.user.is_authenticated else "out")

    return await page(visit(engine="signed_cookies"))  # the session asks no more, and the user still does


@costs(gives="200 out")
async def trap_is_authenticated():
    async def page(request):
        return HttpResponse("in" if request.user.is_authenticated else "out")

    return await page(visit(logged_in=False))  # whoever tries it logged out sees it work


async def broken_two_caches():
    async def page(request):
        user = await request.auser()
        return HttpResponse(f"{user.pk} {request.user.email}")

    return await page(visit())


async def fixed_two_caches():
    async def page(request):
        user = await request.auser()
        return HttpResponse(f"{user.pk} {user.email}")

    return await page(visit())


async def fixed_two_caches_2():
    async def page(request):
        request.user = user = await request.auser()  # for templates, and for code that is not yours
        return HttpResponse(f"{user.pk} {request.user.email}")

    return await page(visit())


async def broken_f_string():
    async def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"Hello {request.user}")

    return await page(visit())


async def fixed_f_string():
    async def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"Hello {await request.auser()}")

    return await page(visit())


async def broken_variable():
    async def page(request):
        user = request.user
        return HttpResponse(user.email)

    return await page(visit())


async def fixed_variable():
    async def page(request):
        user = await request.auser()
        return HttpResponse(user.email)

    return await page(visit())


async def broken_loaded_in_thread():
    async def page(request):
        user = await sync_to_async(lambda: request.user)()
        return HttpResponse(user.email)

    return await page(visit())


async def fixed_loaded_in_thread():
    async def page(request):
        email = await sync_to_async(lambda: request.user.email)()
        return HttpResponse(email)

    return await page(visit())


async def broken_helper():
    async def page(request):
        return HttpResponse(name_of(request))

    return await page(visit())


async def fixed_helper():
    async def page(request):
        return HttpResponse(await sync_to_async(name_of)(request))

    return await page(visit())


async def broken_session_get():
    async def page(request):
        return HttpResponse(request.session.get("color"))

    return await page(visit())


async def fixed_session_get():
    async def page(request):
        return HttpResponse(await request.session.aget("color"))

    return await page(visit())


async def partial_session_get():
    async def page(request):
        return HttpResponse(request.session.get("color"))

    return await page(visit(engine="cached_db"))  # until a cache has it, the database is asked


@costs(gives="200 blue")
async def trap_session_get():
    async def page(request):
        return HttpResponse(request.session.get("color"))

    return await page(visit(engine="signed_cookies"))  # as the settings are on one machine


async def broken_session_key():
    async def page(request):
        return HttpResponse(request.session["color"])

    return await page(visit())


async def fixed_session_key():
    async def page(request):
        return HttpResponse(await request.session.aget("color", "red"))

    return await page(visit())


async def broken_session_set():
    async def page(request):
        request.session["color"] = "blue"
        return HttpResponse()

    return await page(visit())


async def fixed_session_set():
    async def page(request):
        await request.session.aset("color", "blue")
        return HttpResponse()

    return await page(visit())


async def broken_session_in():
    async def page(request):
        return HttpResponse("color" in request.session)

    return await page(visit())


async def fixed_session_in():
    async def page(request):
        return HttpResponse(await request.session.ahas_key("color"))

    return await page(visit())


class BrokenProfile(View):
    """Reads the user from self.request."""

    async def get(self, request):
        return HttpResponse(self.request.user.email)


class FixedProfile(View):
    """Reads the user from self.request."""

    async def get(self, request):
        user = await self.request.auser()
        return HttpResponse(user.email)


async def broken_class_based_view():
    return await BrokenProfile.as_view()(visit())


async def fixed_class_based_view():
    return await FixedProfile.as_view()(visit())


async def answer(request):
    return HttpResponse("in")


@sync_and_async_middleware
def BrokenGreeter(get_response):  # noqa: N802
    if iscoroutinefunction(get_response):

        async def middleware(request):
            response = await get_response(request)
            response["X-User"] = request.user.get_username()
            return response
    else:

        def middleware(request):
            response = get_response(request)
            response["X-User"] = request.user.get_username()
            return response

    return middleware


@sync_and_async_middleware
def FixedGreeter(get_response):  # noqa: N802
    if iscoroutinefunction(get_response):

        async def middleware(request):
            response = await get_response(request)
            response["X-User"] = (await request.auser()).get_username()
            return response
    else:

        def middleware(request):
            response = get_response(request)
            response["X-User"] = request.user.get_username()
            return response

    return middleware


async def broken_middleware():
    return await BrokenGreeter(answer)(visit())


async def fixed_middleware():
    return await FixedGreeter(answer)(visit())


class Ticket:
    """Has a user of its own, which is plain data."""

    user = "ann"
    session = {"color": "red"}


async def broken_lookalike():
    async def page(request):
        return HttpResponse(request.user.email)

    return await page(visit())


async def fixed_lookalike():
    ticket = Ticket()
    return ticket.user.upper(), ticket.session["color"]
