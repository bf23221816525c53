"""What a finding advises fits the place where it stands."""

import pytest

from async_audit.static import audit

SHOP = """
from asgiref.sync import sync_to_async
from django.db import models
from django.shortcuts import render

class Author(models.Model):
    name = models.CharField(max_length=20)

class Book(models.Model):
    author = models.ForeignKey(Author, models.CASCADE)

def first():
    return Book.objects.first()

"""
MADE = "read it in sync_to_async"
LOADED = "use select_related('author')"


@pytest.fixture
def messages(tmp_path):
    """Return what is said of the last lines of a module, beside which templates may stand."""

    def look(text, **templates):
        (tmp_path / "shop.py").write_text(SHOP + text)
        for name, source in templates.items():
            file = tmp_path / "templates" / f"{name}.html"
            file.parent.mkdir(exist_ok=True)
            file.write_text(source)
        return [finding.message for finding in audit(tmp_path).findings]

    return look


@pytest.mark.parametrize(
    ("book", "advice"),
    [
        ("await Book.objects.aget(pk=1)", LOADED),
        ("await Book.objects.filter(pk=1).afirst()", LOADED),
        ("await Book.objects.acreate(author_id=1)", MADE),
        ("Book(author_id=1)", MADE),
    ],
)
def test_select_related_is_advised_where_there_is_a_query_to_put_it_on(messages, book, advice):
    (message,) = messages(f"async def author():\n    book = {book}\n    return book.author\n")
    assert message.endswith(advice)


def test_nothing_is_to_be_awaited_in_a_plain_function(messages):
    (message,) = messages("async def show():\n    return first()\n")
    assert message.endswith("call that in a thread, by sync_to_async")


def test_of_a_generator_it_says_what_is_asked_for_before_its_thread_begins(messages):
    (message,) = messages(
        "async def names():\n    return await sync_to_async(list)(b.author for b in Book.objects.all())\n"
    )
    assert message.endswith("a generator asks for it when it is made, before any thread has begun")


def test_a_generator_over_rows_runs_in_the_thread_that_goes_through_it(messages):
    rows = "    books = [book async for book in Book.objects.all()]\n"
    assert not messages(f"async def names():\n{rows}    return await sync_to_async(list)(b.author for b in books)\n")


def test_a_template_is_named_with_its_line_where_another_includes_it(messages):
    view = "async def page(request):\n    return render(request, 'outer.html', {'books': Book.objects.all()})\n"
    (message,) = messages(
        view, outer="<h1>Books</h1>\n{% include 'inner.html' %}\n", inner="\n\n{% for b in books %}{% endfor %}"
    )
    assert message.startswith("templates/inner.html:3 gets books, a lazy queryset")
