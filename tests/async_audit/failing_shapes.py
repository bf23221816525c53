"""Raises SynchronousOnlyOperation in one way of each shape that Django alone can show; writes FOLDER/<code>_<n>.log.

Started as a program by the tests: failing_shapes.py FOLDER
"""

import asyncio
import logging
import sys
from pathlib import Path

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    SECRET_KEY="of a test",
)
django.setup()

from asgiref.sync import sync_to_async  # noqa: E402
from django import forms  # noqa: E402
from django.contrib.auth import authenticate, login  # noqa: E402
from django.contrib.auth.middleware import AuthenticationMiddleware  # noqa: E402
from django.contrib.auth.mixins import LoginRequiredMixin  # noqa: E402
from django.contrib.auth.models import Permission, User  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.paginator import Paginator  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.dispatch import Signal  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.views import View  # noqa: E402

log = logging.getLogger("shop")
lent = Signal()


class Author(models.Model):
    name = models.TextField(unique=True)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.name


class Book(models.Model):
    title = models.TextField()
    author = models.ForeignKey(Author, on_delete=models.CASCADE)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return f"{self.title} by {self.author.name}"

    @property
    def by(self):
        return self.author.name


class AuthorForm(forms.ModelForm):
    class Meta:
        model = Author
        fields = ("name",)


class Inbox(LoginRequiredMixin, View):
    async def get(self, request):
        return HttpResponse("nothing new")


def book(*only):
    return Book.objects.only(*only).get()


def request(**session):
    made = RequestFactory().get("/")
    made.session = SessionStore("a" * 32)
    if session:
        made.session._session_cache = session
    AuthenticationMiddleware(lambda asked: None).process_request(made)
    return made


def logged_in():
    return request(_auth_user_id="1", _auth_user_backend="django.contrib.auth.backends.ModelBackend")


def count_authors(**kwargs):
    return Author.objects.count()


def render(source, **context):
    return engines["django"].from_string(source).render(context)


@transaction.atomic
def in_a_transaction():
    return Author.objects.count()


def with_a_cursor():
    with connection.cursor() as cursor:
        return cursor.execute("SELECT 1")


def in_a_block():
    with transaction.atomic():
        pass


# A sync function a way: it gets a book, loaded as far as its title, and is called on the event loop.
WAYS = {
    "DAS001": [
        lambda book: Author.objects.get(pk=1),
        lambda book: Author.objects.first(),
        lambda book: Author.objects.get_or_create(name="new"),
        lambda book: Author(name="new").save(),
        lambda book: User(username="new").save(),
        lambda book: get_object_or_404(Author, pk=1),
        lambda book: Author.objects.filter(pk=1).update(name="x"),
        lambda book: book.delete(),
    ],
    "DAS002": [
        lambda book: [author.name for author in Author.objects.all()],
        lambda book: list(Author.objects.all()),
        lambda book: len(Author.objects.all()),
        lambda book: bool(Author.objects.all()),
        lambda book: Author.objects.all()[0],
        lambda book: f"{Author.objects.all()}",
    ],
    "DAS003": [lambda book: book.author, lambda book: book.by],
    "DAS004": [lambda book: Author.objects.none() or deferred.title],
    "DAS008": [lambda book: logged_in().user.is_staff, lambda book: request().session.get("basket")],
    "DAS009": [
        lambda book: authenticate(username="ana", password="secret"),
        lambda book: login(request(), User(pk=1), "django.contrib.auth.backends.ModelBackend"),
        lambda book: User(pk=1, is_active=True).has_perm("shop.add_book"),
        lambda book: User.objects.create_user("ben"),
    ],
    "DAS010": [lambda book: Inbox.as_view()(logged_in())],
    "DAS011": [lambda book: in_a_transaction(), lambda book: in_a_block()],
    "DAS012": [lambda book: with_a_cursor(), lambda book: connection.close()],
    "DAS013": [lambda book: f"found {book}", lambda book: repr(book)],
    "DAS014": [
        lambda book: render("{{ book.author }}", book=book),
        lambda book: render("{% for a in authors %}{{ a }}{% endfor %}", authors=Author.objects.all()),
    ],
    "DAS015": [
        lambda book: AuthorForm({"name": "x"}).is_valid(),
        lambda book: Author(name="x").full_clean(),
        lambda book: Paginator(Author.objects.order_by("pk"), 3).page(1),
    ],
    "DAS017": [lambda book: lent.send(sender=Book)],
    "DAS020": [lambda book: ContentType.objects.get_for_model(Permission)],
}


async def evaluated_argument():
    return await sync_to_async(Author.objects.get(pk=1))


async def on_the_loop(way, argument):
    way(argument)


async def in_a_callback():
    loop, failed = asyncio.get_running_loop(), asyncio.Event()
    loop.set_exception_handler(lambda loop, context: failed.set() or loop.default_exception_handler(context))
    loop.call_soon(count_authors)
    await failed.wait()


def run(coroutine, file):
    with file.open("w") as stream:
        logging.basicConfig(handlers=[logging.StreamHandler(stream)], force=True)
        try:
            asyncio.run(coroutine)
        except Exception:
            log.exception("failed")


if __name__ == "__main__":
    with connection.schema_editor() as editor:
        for model in (ContentType, Permission, User, Author, Book):
            editor.create_model(model)
    lent.connect(count_authors)
    Book.objects.create(title="Emma", author=Author.objects.create(name="Jane"))
    folder = Path(sys.argv[1])
    deferred = book("pk")
    for code, ways in WAYS.items():
        for number, way in enumerate(ways):
            run(on_the_loop(way, book("title", "author")), folder / f"{code}_{number}.log")
    run(evaluated_argument(), folder / "DAS006_0.log")
    run(in_a_callback(), folder / "DAS019_0.log")
