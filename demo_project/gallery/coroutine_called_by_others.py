"""A coroutine function stands where Django calls a plain one, and drops what that returns."""

from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.mixins import UserPassesTestMixin
from django.db import transaction
from django.http import HttpResponse
from django.views import View
from shape import shape
from shop.models import Book
from shop.visits import visit

CODE = "DAS007"
CATALOGUE = {
    6: ["on_commit", "test_of_a_mixin", "saved_by_coroutine"],
    15: ["test_of_a_mixin"],
    16: ["on_commit"],
    46: ["saved_by_coroutine"],
}
RAISES = {"never awaited": ["on_commit", "test_of_a_mixin", "saved_by_coroutine"]}
CONTROL = {"fails without a loop too": ["on_commit", "test_of_a_mixin", "saved_by_coroutine"]}


async def notify():
    """Tell somebody."""


@shape("DAS007", "DAS011")
async def broken_on_commit():
    def update():
        transaction.on_commit(notify)  # expect: DAS007

    await sync_to_async(update)()


async def fixed_on_commit():
    def update():
        transaction.on_commit(async_to_sync(notify))

    await sync_to_async(update)()


@shape("DAS007", "DAS010")
async def broken_test_of_a_mixin():
    class Page(UserPassesTestMixin, View):
        async def test_func(self):  # expect: DAS007
            return False

        def get(self, request):
            return HttpResponse("everybody is let in")

    return await sync_to_async(Page.as_view())(visit())


async def fixed_test_of_a_mixin():
    class Page(UserPassesTestMixin, View):
        def test_func(self):
            return self.request.user.is_active

        def get(self, request):
            return HttpResponse("in")

    return await sync_to_async(Page.as_view())(visit())


async def broken_saved_by_coroutine():
    class Draft(Book):
        class Meta:
            app_label = "shop"
            proxy = True

        async def save(self, *args, **kwargs):  # expect: DAS007
            await super().asave(*args, **kwargs)

    await Draft.objects.acreate(title="lost", author_id=1)


async def fixed_saved_by_coroutine():
    class Sketch(Book):
        class Meta:
            app_label = "shop"
            proxy = True

        def save(self, *args, **kwargs):
            self.title = self.title.strip()
            super().save(*args, **kwargs)

    await Sketch.objects.acreate(title="kept", author_id=1)
