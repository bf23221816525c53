"""What code finds out about a value is known of it from there on: by a cast, a missing method, a wrapper."""

import pytest

from async_audit.static import audit

AROUND = """
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import cast

from asgiref.sync import async_to_sync, sync_to_async
from django.db import models

class Book(models.Model):
    title = models.CharField(max_length=20)

class Plain:
    def count(self):
        return Book.objects.count()

class Quick(Plain):
    async def count(self):
        return await Book.objects.acount()

def count():
    return Book.objects.count()

def in_thread(function):
    if iscoroutinefunction(function) or {asks}(function):
        return function
    return sync_to_async(function)

async def size(books: models.QuerySet):
    try:
        return await books.all().acount()
    except {error}:
        return len(books)

async def counted(plain: Plain):
    return await {plain}.count()

async def counted_in_thread():
    return await in_thread(count)()
"""
GOOD = {"asks": "isasyncgenfunction", "error": "AttributeError", "plain": "cast(Quick, plain)"}


@pytest.fixture
def functions(tmp_path):
    """Return the functions in which something is found, where the program is changed in some place."""

    def look(**changed):
        (tmp_path / "shop.py").write_text(AROUND.format(**GOOD | changed))
        return [finding.function for finding in audit(tmp_path).findings]

    return look


def test_nothing_is_found_where_code_has_found_out(functions):
    assert functions() == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [({"asks": "callable"}, "counted_in_thread"), ({"error": "ValueError"}, "size"), ({"plain": "plain"}, "counted")],
)
def test_it_is_found_where_code_has_not(functions, changed, found):
    assert functions(**changed) == [found]


def test_the_last_of_many_functions_in_a_dict_is_looked_at(tmp_path):
    models = "from django.db import models\n\nclass Book(models.Model):\n    title = models.CharField(max_length=20)\n"
    functions = "".join(f"\ndef f{n}():\n    return {n}\n" for n in range(300))
    last = "\ndef last():\n    return Book.objects.count()\n"
    registry = ", ".join(f"'{n}': f{n}" for n in range(300))
    view = f"\nNAMED = {{{registry}, 'last': last}}\n\nasync def view(name):\n    return NAMED[name]()\n"
    (tmp_path / "shop.py").write_text(models + functions + last + view)
    assert [finding.function for finding in audit(tmp_path).findings] == ["view"]
