"""Several projects in one folder: what settings, views and queries of one say holds there, and nowhere else."""

import pytest

from async_audit.static import audit

VIEW = """
async def page(request):
    return request.session.get("color")
"""
HANDLER = """
from books.models import Book

async def handle(book: Book):
    return book.author
"""
MODELS = """
from django.db import models

class Author(models.Model):
    name = models.CharField(max_length=20)

class Book(models.Model):
    author = models.ForeignKey(Author, models.CASCADE)
"""
SESSION = 'SESSION_ENGINE = "django.contrib.sessions.backends.{}"\n'
LOADED = "from books.models import Book\n\nbooks = Book.objects.select_related('author')\n"


@pytest.fixture
def found(tmp_path):
    """Return where something is found in files of the given names and texts, with its tier."""

    def look(**files):
        for name, text in files.items():
            path = tmp_path / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return {(finding.path, finding.tier) for finding in audit(tmp_path).findings}

    return look


def test_sessions_are_where_the_settings_of_the_nearest_project_keep_them(found):
    one = {"one__manage": "", "one__config__settings": SESSION.format("signed_cookies"), "one__shop__views": VIEW}
    two = {"two__manage": "", "two__config__settings": SESSION.format("db"), "two__shop__views": VIEW}
    assert found(**one, **two) == {("two/shop/views.py", 1)}


def test_settings_beside_the_only_project_hold_for_it(found):
    assert not found(src__manage="", config__settings=SESSION.format("file"), src__shop__views=VIEW)


@pytest.mark.parametrize("middleware", ["django.contrib.auth.middleware.LoginRequiredMiddleware", "shop.own.Reader"])
def test_a_sync_middleware_has_loaded_the_user_before_the_views_of_its_project(found, middleware):
    view = "async def page(request):\n    return request.user.pk\n"
    own = "class Reader:\n    def __call__(self, request):\n        request.reader = request.user.pk\n"
    one = {"one__manage": "", "one__settings": f"MIDDLEWARE = ['{middleware}']\n", "one__shop__own": own}
    two = {"two__manage": "", "two__settings": "MIDDLEWARE = []\n", "two__views": view}
    assert found(**one, one__views=view, **two) == {("two/views.py", 1)}


def test_an_async_middleware_has_not(found):
    own = "class Reader:\n    async def __call__(self, request):\n        return request.user.pk\n"
    view = "async def page(request):\n    return request.user.pk\n"
    assert ("views.py", 1) in found(settings="MIDDLEWARE = ['own.Reader']\n", own=own, views=view)


def test_a_query_that_has_nothing_to_do_with_a_function_takes_nothing_away(found):
    assert found(books__models=MODELS, books__handlers=HANDLER, books__views=LOADED) == {("books/handlers.py", 2)}


def test_the_query_of_what_imports_it_may_be_where_its_rows_come_from(found):
    importing = "from books.handlers import handle\n" + LOADED
    assert found(books__models=MODELS, books__handlers=HANDLER, books__views=importing) == {("books/handlers.py", 3)}
