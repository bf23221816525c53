"""A row that a function is given from outside: a relation that no query of the project loads is not loaded."""

import pytest

from async_audit.static import audit

MODELS = """
from django.db import models

class Author(models.Model):
    name = models.CharField(max_length=20)

class Book(models.Model):
    author = models.ForeignKey(Author, models.CASCADE)
"""
HANDLER = """
from books.models import Author, Book

async def handle(book: Book):
    return book.author
"""
LOADED = "books = Book.objects.{}\n"
CALLED = """
async def call(pk):
    book = Book(author=await Author.objects.aget(pk=pk))
    return await handle(book)
"""


@pytest.fixture
def tiers(tmp_path):
    """Return the tiers of what is found in a handler with some more code below it."""

    def look(more=""):
        folder = tmp_path / "books"
        folder.mkdir()
        (folder / "models.py").write_text(MODELS)
        (folder / "handlers.py").write_text(HANDLER + more)
        findings = audit(tmp_path).findings
        assert {(finding.code, finding.line) for finding in findings} <= {("DAS003", 5)}
        return [finding.tier for finding in findings]

    return look


def test_what_no_query_loads_is_not_loaded(tiers):
    assert tiers() == [2]


@pytest.mark.parametrize(
    "query",
    [
        'select_related("author")',
        'filter(pk=1).prefetch_related(\n    Prefetch("author", queryset=Author.objects.all()),\n)',
        'select_related("shelf__author")',
        "select_related()",
        "select_related(*NAMES)",
    ],
)
def test_what_a_query_loads_may_be_loaded(tiers, query):
    assert tiers(LOADED.format(query)) == [3]


@pytest.mark.parametrize("option", ['select_related=["author"]', "prefetch_related = ('author',)"])
def test_what_an_option_loads_may_be_loaded(tiers, option):
    assert tiers(f"resolver = field({option})\n") == [3]


@pytest.mark.parametrize("query", ['select_related("publisher")', "filter(author=1)"])
def test_other_relations_do_not_matter(tiers, query):
    assert tiers(LOADED.format(query)) == [2]


def test_what_the_project_gives_itself_is_known(tiers):
    assert tiers(CALLED) == [3]


CACHED = """
from books.models import Author, Book

names: dict[int, Author] = {}

async def show(pk):
    book = await Book.objects.aget(pk=pk)
    return names.get(book.author_id) or book.author
"""


def test_what_a_dict_may_have_is_a_guess(tmp_path):
    (tmp_path / "books").mkdir()
    (tmp_path / "books/models.py").write_text(MODELS)
    (tmp_path / "books/handlers.py").write_text(CACHED)
    assert [(finding.line, finding.tier) for finding in audit(tmp_path).findings] == [(8, 3)]
    (tmp_path / "books/handlers.py").write_text(CACHED.replace("names.get(book.author_id) or ", ""))
    assert [(finding.line, finding.tier) for finding in audit(tmp_path).findings] == [(8, 1)]


@pytest.mark.parametrize(("query", "expected"), [("", [2]), ('.select_related("author")', [])])
def test_the_rows_of_a_queryset_that_is_given(tmp_path, query, expected):
    (tmp_path / "books").mkdir()
    (tmp_path / "books/models.py").write_text(MODELS)
    handler = f"""
from django.db.models import QuerySet
from books.models import Book

async def show(books: QuerySet[Book]):
    return [book.author async for book in books{query}]
"""
    (tmp_path / "books/handlers.py").write_text(handler)
    assert [finding.tier for finding in audit(tmp_path).findings] == expected
