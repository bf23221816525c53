"""A way that is taken by the answer of a function: what is known of the answer, and which ways are left."""

import pytest

from async_audit.static import audit

BEGIN = """
import asyncio
import functools
from contextvars import ContextVar
from typing import cast

from asgiref.sync import sync_to_async
from django.db import models

at_work = ContextVar("at_work", default=False)


class Book(models.Model):
    title = models.CharField(max_length=20)
    author = models.ForeignKey("self", models.CASCADE)


class Reader:
    def read(self):
        return Book.objects.count()


class SlowReader(Reader):
    async def read(self):
        return await Book.objects.acount()


def on_loop():
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


"""
HOP = """
def hop(function=None, *, hook=None):
    def wrapper(inner):
        @sync_to_async
        def threaded(*args):
            return inner(*args)

        @functools.wraps(inner)
        def chosen(*args):
            function = threaded if {question} else inner
            return function(*args)

        return chosen

    return wrapper if function is None else wrapper(function)


@hop{options}
def count():
    return Book.objects.count()


async def answer():
    return await count()
"""
QUERY = "list(Book.objects.all())"


@pytest.fixture
def found(tmp_path):
    """Return the codes of what is found in a text behind the models."""

    def look(text):
        (tmp_path / "books.py").write_text(BEGIN + text)
        return [finding.code for finding in audit(tmp_path).findings if finding.tier < 3]

    return look


@pytest.mark.parametrize("options", ["", "()", "(hook=None)"])
@pytest.mark.parametrize("question", ["on_loop()", "on_loop() and not at_work.get()", "not (not on_loop())"])
def test_who_asks_for_the_loop_has_a_way_for_it(found, question, options):
    assert found(HOP.format(question=question, options=options)) == []


@pytest.mark.parametrize("question", ["not on_loop()", "at_work.get()", "not on_loop() or at_work.get()"])
def test_the_way_for_the_loop_may_be_the_wrong_one(found, question):
    assert found(HOP.format(question=question, options="")) == ["DAS001"]


@pytest.mark.parametrize(
    "body",
    [
        "if n > 3:\n        return True\n    return False",
        "if n > 3:\n        return True",
        "if n > 3:\n        return True\n    return None",
        "if n is None:\n        return True\n    return n > 3",
        "if n is None:\n        return False\n    return n > 3",
        "return n > 3",
    ],
)
@pytest.mark.parametrize("test", ["big(n)", "not big(n)"])
def test_a_function_with_several_answers_leaves_both_ways(found, body, test):
    text = f"def big(n):\n    {body}\n\n\nasync def rows(n):\n    if {test}:\n        return []\n    return {QUERY}\n"
    assert found(text) == ["DAS002"]


def test_a_function_with_one_answer_leaves_one_way(found):
    ways = f"async def rows():\n    if off():\n        return {QUERY}\n    return []\n"
    assert found(f"def off():\n    return False\n\n\n{ways}") == []


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("cast(SlowReader, reader).read()", []),
        ("cast('SlowReader', reader).read()", []),
        ("cast(Reader, reader).read()", ["DAS001"]),
    ],
)
def test_a_cast_tells_the_class_of_an_object(found, line, codes):
    assert found(f"async def read(reader: Reader):\n    return {line}\n") == codes


def test_a_cast_tells_the_class_of_one_of_several(found):
    text = "READERS = [Reader(), SlowReader()]\n\n\nasync def read(number):\n    "
    assert found(f"{text}return await cast(SlowReader, READERS[number]).read()\n") == []
    assert found(f"{text}return READERS[number].read()\n") == ["DAS001"]


def test_a_cast_changes_nothing_of_a_row(found):
    text = (
        "async def show(pk):\n    book = cast(Book, await Book.objects.{}aget(pk=pk))\n    return book.author.title\n"
    )
    assert found(text.format("")) == ["DAS003"]
    assert found(text.format("select_related('author').")) == []
    assert found("async def total():\n    return len(cast('int', Book.objects.all()))\n") == []
