"""Does what the trap of each code says, on an event loop, and prints as JSON what of it did not come true."""

import asyncio
import contextlib
import io
import json
import logging
import os
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).parents[2] / "demo_project" / "gallery"))
DATABASE = Path(tempfile.mkdtemp()) / "shop.sqlite3"
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "shop"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    USE_TZ=True,
    LOGIN_URL="/login/",
    ROOT_URLCONF="__main__",
    SECRET_KEY="s" * 50,
    ALLOWED_HOSTS=["testserver"],
)
django.setup()

import nest_asyncio  # noqa: E402
import pytest  # noqa: E402
from asgiref.sync import async_to_sync, sync_to_async  # noqa: E402
from django import forms  # noqa: E402
from django.contrib.auth.middleware import AuthenticationMiddleware  # noqa: E402
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin  # noqa: E402
from django.contrib.auth.models import AnonymousUser, User  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.contrib.sessions.backends.signed_cookies import SessionStore  # noqa: E402
from django.core.exceptions import SynchronousOnlyOperation  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import close_old_connections, connections, transaction  # noqa: E402
from django.dispatch import Signal  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import Context, Template  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.views import View  # noqa: E402
from rest_framework import serializers  # noqa: E402
from shop.models import Author, Book, Magazine  # noqa: E402

urlpatterns = []


def fails(error=SynchronousOnlyOperation, text=""):
    return pytest.raises(error, match=text or None)


async def das001():
    assert not Author.objects.none().count()
    assert not list(Author.objects.filter(pk__in=[]))
    assert Author.objects.bulk_create([]) == []


async def das002():
    books = Book.objects.all()
    assert [book.pk async for book in books]
    assert len(books) == 1
    with fails():
        len(books.filter(pk=1))


async def das003():
    assert (await Magazine.objects.aget(name="Weekly")).editor is None
    author = await Author.objects.aget()
    assert (await Book.objects.acreate(title="Second", author=author)).author is author
    await Book.objects.filter(title="Second").adelete()


async def das004():
    book = await Book.objects.only("title").aget()
    with fails():
        print(book.author_id)


async def das005():
    books = await sync_to_async(Book.objects.all)()
    with fails():
        list(books)
    assert await sync_to_async(list)(books)


class BookSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title", "author"]


class AuthorSerializer(serializers.Serializer):
    name = serializers.CharField()


class NestedSerializer(serializers.Serializer):
    author = AuthorSerializer()


async def das006():
    with fails():
        sync_to_async(NestedSerializer(await Book.objects.aget()).data)


async def das007():
    asked = AnonymousUser().ahas_perm("shop.add_book")
    assert asked
    assert not await asked


def visit(user=None):
    request = RequestFactory().get("/")
    request.session = SessionStore()
    if user:
        request.session.update(
            {
                "_auth_user_id": str(user.pk),
                "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
                "_auth_user_hash": user.get_session_auth_hash(),
            }
        )
    AuthenticationMiddleware(lambda request: HttpResponse()).process_request(request)
    return request


async def das008():
    assert not visit().user.is_authenticated
    request = visit(await User.objects.aget(username="ann"))
    user = await sync_to_async(lambda: request.user)()
    with fails():
        user.get_username()


async def das009():
    assert (await User.objects.aget(username="root")).has_perm("shop.add_book")
    with fails():
        (await User.objects.aget(username="ann")).has_perm("shop.add_book")


class Page(View):
    async def get(self, request):
        return HttpResponse("inside")


class Members(LoginRequiredMixin, Page):
    pass


class Tested(UserPassesTestMixin, Page):
    async def test_func(self):
        return False


async def das010():
    with fails(TypeError, "await"):
        await Members.as_view()(visit())
    assert (await Tested.as_view()(visit())).content == b"inside"  # and a warning on standard error


@transaction.atomic
async def add_and_fail():
    await Author.objects.acreate(name="Cid", email="cid@example.org")
    raise ValueError


async def das011():
    coroutine = await sync_to_async(lambda: [add_and_fail()])()  # from a thread: the block is over, and said nothing
    with fails(ValueError):
        await coroutine[0]
    assert await Author.objects.filter(name="Cid").adelete() == (1, {"shop.Author": 1})
    with fails(TypeError, "asynchronous context manager"):
        async with transaction.atomic():
            pass


async def das012():
    await Author.objects.acount()
    close_old_connections()
    connections.close_all()
    assert await sync_to_async(lambda: connections["default"].connection)()


async def das013():
    book, said = await Book.objects.aget(), io.StringIO()
    with contextlib.redirect_stderr(said):
        logging.getLogger("shop").warning("%s is lent", book)
    assert "SynchronousOnlyOperation" in said.getvalue()
    with fails():
        raise ValueError(f"{book} is lent")


async def das014():
    async def name():
        return "Ann"

    coroutine = name()
    context = Context({"coro": coroutine})
    assert "coroutine object" in Template("{{ coro }}").render(context)
    assert Template("{% if coro %}yes{% endif %}").render(context) == "yes"
    assert Template("{{ coro.name }}").render(context) == ""
    with fails(TypeError):
        Template("{% for part in coro %}{% endfor %}").render(context)
    await coroutine


class Choice(forms.Form):
    author = forms.ModelChoiceField(Author.objects.all(), required=False)


async def das015():
    assert Choice({"author": ""}).is_valid()
    with fails():
        Choice({"author": "1"}).is_valid()


async def das016():
    book = await Book.objects.aget()
    assert BookSerializer(book).data == {"title": "First", "author": book.author_id}
    with fails():
        print(NestedSerializer(book).data)


async def das017():
    sent = Signal()

    def count(**kwargs):
        return Author.objects.count()

    sent.connect(count)
    assert [type(error) for _, error in sent.send_robust(None)] == [SynchronousOnlyOperation]


async def das018():
    coroutine = Author.objects.acount()
    with fails(RuntimeError, "cannot be called from a running event loop"):
        asyncio.run(coroutine)
    nest_asyncio.apply()
    assert asyncio.run(coroutine) == 1
    with fails(RuntimeError, "same thread as an async event loop"):
        async_to_sync(das001)()
    with fails():
        Author.objects.count()


async def das019():
    def titles():
        return [book.title for book in Book.objects.all()]

    assert await sync_to_async(titles)() == ["First"]
    with fails():
        titles()


async def das020():
    ContentType.objects.clear_cache()
    with fails():
        ContentType.objects.get_for_model(Book)
    await sync_to_async(ContentType.objects.get_for_model)(Book)
    assert ContentType.objects.get_for_model(Book)


async def das021():
    for text in ("false", "0"):
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = text
        assert Author.objects.count() == 1
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = ""
    with fails():
        Author.objects.count()


async def das101():
    turns = []

    async def others():
        for _ in range(3):
            await asyncio.sleep(0)
            turns.append(threading.get_ident())

    served = asyncio.create_task(others())
    time.sleep(0.01)
    assert turns == []
    await sync_to_async(time.sleep)(0.1)
    assert served.done()

    def compute():
        sum(range(3_000_000))
        return time.thread_time()

    begin = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        took = sum(pool.map(lambda _n: compute(), range(2)))
    assert took < 1.5 * (time.perf_counter() - begin)  # two that run at once would take twice as much


def main():
    """Do all that, each in a thread of its own, as a server's loop has one without connections."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    author = Author.objects.create(name="Ann", email="ann@example.org")
    Book.objects.create(title="First", author=author)
    Magazine.objects.create(name="Weekly")
    User.objects.create_user("ann")
    User.objects.create_superuser("root")
    connections.close_all()
    found = {}
    claims = {name.upper(): claim for name, claim in globals().items() if name[:3] == "das" and name[3:].isdigit()}
    claims["DAS018"] = claims.pop("DAS018")  # the last one, as it changes asyncio
    for code, claim in claims.items():
        with ThreadPoolExecutor(1) as thread:
            error = thread.submit(asyncio.run, claim()).exception()
        found[code] = f"{type(error).__name__}: {error}" if error else ""
    print(json.dumps(found))


main()
