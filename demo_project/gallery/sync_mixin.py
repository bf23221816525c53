"""A mixin of django.contrib.auth asks for the user in dispatch(), which is not async, before the view's `async def`."""

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin, UserPassesTestMixin
from django.http import HttpResponse
from django.views import View
from shop.visits import visit

CODE = "DAS010"
CATALOGUE = [15]
RAISES = {"TypeError": ["anonymous"]}
CONTROL = {"fails without a loop too": ["anonymous", "permission_required", "user_passes_test"]}


class MembersOnly(LoginRequiredMixin):
    """A project's own base."""

    login_url = "/members/"


async def broken_login_required():
    class Page(LoginRequiredMixin, View):  # expect: DAS010
        async def get(self, request):
            return HttpResponse("in")

    return await Page.as_view()(visit())


async def fixed_login_required():
    @login_required
    async def page(request):
        return HttpResponse("in")

    return await page(visit())


async def broken_anonymous():
    class Page(LoginRequiredMixin, View):  # expect: DAS010
        async def get(self, request):
            return HttpResponse("in")

    return await Page.as_view()(visit(logged_in=False))


async def fixed_anonymous():
    class Page(View):
        async def get(self, request):
            user = await request.auser()
            return HttpResponse("in" if user.is_authenticated else "out")

    return await Page.as_view()(visit(logged_in=False))


async def broken_permission_required():
    class Page(PermissionRequiredMixin, View):  # expect: DAS010
        permission_required = "shop.change_book"

        async def get(self, request):
            return HttpResponse("in")

    return await Page.as_view()(visit())


async def fixed_permission_required():
    @permission_required("shop.change_book")
    async def page(request):
        return HttpResponse("in")

    return await page(visit())


async def broken_user_passes_test():
    class Page(UserPassesTestMixin, View):  # expect: DAS010
        def test_func(self):
            return self.request.user.is_staff

        async def get(self, request):
            return HttpResponse("in")

    return await Page.as_view()(visit())


async def fixed_user_passes_test():
    class Page(UserPassesTestMixin, View):
        def test_func(self):
            return self.request.user.is_active

        def get(self, request):
            return HttpResponse("in")

    return await sync_to_async(Page.as_view())(visit())


async def broken_own_base():
    class Page(MembersOnly, View):  # expect: DAS010
        async def get(self, request):
            return HttpResponse("in")

    return await Page.as_view()(visit())


async def fixed_own_base():
    class Page(MembersOnly, View):
        def get(self, request):
            return HttpResponse("in")

    return await sync_to_async(Page.as_view())(visit())


async def broken_async_handler_of_a_base():
    class Base(View):
        async def get(self, request):
            return HttpResponse("in")

    class Page(LoginRequiredMixin, Base):  # expect: DAS010
        pass

    return await Page.as_view()(visit())


async def fixed_async_handler_of_a_base():
    class Base(View):
        async def get(self, request):
            return HttpResponse("in")

    return await login_required(Base.as_view())(visit())
