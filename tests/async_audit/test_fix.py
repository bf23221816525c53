"""--fix and --write: what is repaired, and what is left alone."""

import pytest
from fixing import DECORATED, HEAD, HELPER, IMPORT, SIGNATURE, run

from async_audit.static import audit

LINES = "return (\n        {}Book.objects\n        # all of them\n        .{}count()\n    )"
ROW = "book = await Book.objects{}.aget(pk=pk)\n    return book.author.name"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return Book.objects.get(pk=pk)", "return await Book.objects.aget(pk=pk)"),
        ("return Book.objects.get(pk=pk).title", "return (await Book.objects.aget(pk=pk)).title"),
        ("return Book.objects.in_bulk([pk])[pk]", "return (await Book.objects.ain_bulk([pk]))[pk]"),
        ("return await Book.objects.get(pk=pk)", "return await Book.objects.aget(pk=pk)"),
        ("return -Book.objects.count() ** 2", "return -await Book.objects.acount() ** 2"),
        ("return not Book.objects.exists()", "return not await Book.objects.aexists()"),
        (LINES.format("", ""), LINES.format("await ", "a")),
        ('return "ä", Book.objects.count()', 'return "ä", await Book.objects.acount()'),
        ("Book.objects.acreate(title='')", "await Book.objects.acreate(title='')"),
        (
            "return [book.title for book in Book.objects.all()]",
            "return [book.title async for book in Book.objects.all()]",
        ),
        ("return list(Book.objects.all())", "return [row async for row in Book.objects.all()]"),
        (
            "for book in Book.objects.iterator():\n        yield book",
            "async for book in Book.objects.aiterator():\n        yield book",
        ),
        (ROW.format(""), ROW.format('.select_related("author")')),
        (ROW.format(".select_related('editor')"), ROW.format(".select_related('editor', \"author\")")),
    ],
)
def test_what_is_mechanical(repaired, before, after):
    assert repaired(SIGNATURE + before + "\n") == SIGNATURE + after + "\n"


def test_two_relations_of_one_query(repaired, shop):
    before = "book = await Book.objects.aget(pk=pk)\n    return book.author.name, book.editor.name\n"
    repaired(SIGNATURE + before)
    assert audit(shop).findings == []


@pytest.mark.parametrize(
    "body",
    [
        "return Book.objects.get(pk=pk), Author.objects.count()",  # several in one function are one hop
        "for each in pk:\n        Book.objects.get(pk=each)",
        "return [Book.objects.get(pk=each) for each in pk]",
        "while True:\n        Book.objects.create(title='')",
        "return Book.objects.select_for_update().get(pk=pk)",  # needs a transaction
        "return f'{Book.objects.count()}'",
        "return sum(book.pk for book in Book.objects.all())",  # it would be an async generator
        "return lambda: Book.objects.count()",
        "return len(Book.objects.all())",
        "return [title for title in titles()]",  # a generator
        "for book in Book.objects.raw(''):\n        yield book",
        "return await Book.objects.get(pk=pk).title",
        "book = await Book.objects.only('title').aget(pk=pk)\n    return book.author",
        "book = await Book.objects.acreate(title='', author_id=1, editor_id=1)\n    return book.author",
        "book = await Book.objects.aget(pk=pk)\n    book = book or Book()\n    return book.author",
        "return Book.objects.get(pk=pk)  # noqa: DAS001",
    ],
)
def test_what_is_left_alone(repaired, body):
    source = f"{SIGNATURE}{body}\n\n\ndef titles():\n    yield from Book.objects.values_list('title', flat=True)\n"
    assert repaired(source) == source


def test_a_twin_is_imported(repaired):
    head = "from django.shortcuts import get_object_or_404\n"
    use = f"{SIGNATURE}return get_object_or_404(Book, pk=pk)\n"
    twin = "from django.shortcuts import aget_object_or_404"
    awaited = use.replace("get_obj", "await aget_obj")
    assert repaired(head + use) == f"{twin}\n{awaited}"
    other = "\n\ndef other():\n    return get_object_or_404(Book, pk=1)\n"
    assert repaired(head + use + other) == f"{twin}, get_object_or_404\n{awaited}{other}"
    both = "from django.shortcuts import (\n    aget_object_or_404,\n    get_object_or_404,\n)\n"
    assert repaired(both + use) == both + awaited
    renamed = "from django.shortcuts import get_object_or_404 as find\n" + use.replace("get_object_or_404", "find")
    assert repaired(renamed) == renamed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD, HEAD.replace("\n\n\n", f"\n{IMPORT}\n\n")),
        (
            f"#!/usr/bin/env python\n'''Views.'''\n{HEAD}",
            f"#!/usr/bin/env python\n'''Views.'''\n{HEAD.rstrip()}\n{IMPORT}\n\n",
        ),
        (f"{IMPORT}{HEAD}", f"{IMPORT}{HEAD}"),
    ],
)
def test_a_helper_of_one_call_is_decorated(shop, capsys, before, after):
    file = shop / "shop/views.py"
    file.write_text(before + HELPER)
    assert run(capsys, shop, "--fix", "--write")[0] == 0
    assert file.read_text() == after + DECORATED
    assert audit(shop).findings == []


@pytest.mark.parametrize(
    "more",
    [
        "\n\ndef other():\n    return cheapest()\n",
        "\n\nsync_to_async = None\n",
        "\n\nasync def another():\n    return cheapest()\n",
    ],
)
def test_a_helper_that_others_use_is_left_alone(repaired, more):
    assert repaired(HELPER + more) == HELPER + more


def test_a_helper_that_another_file_uses_is_left_alone(repaired, shop):
    (shop / "tests.py").write_text("from shop.views import cheapest\n")
    assert repaired(HELPER) == HELPER
