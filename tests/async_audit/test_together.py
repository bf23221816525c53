"""What is advised for a function with several queries: a thread for all of them, and no await for each."""

import ast

import pytest
from audit import check

from async_audit.command import main
from async_audit.static import audit
from async_audit.static.together import TOGETHER

MODELS = "from django.db import models\n\n\nclass Book(models.Model):\n    title = models.TextField()\n"
ONE = "async def one():\n    return Book.objects.get(pk=1)\n"
SEVERAL = "async def several():\n    book = Book.objects.select_for_update().get(pk=1)\n    book.save()\n"
A_LOOP = "async def a_loop():\n    for book in Book.objects.all():\n        book.save()\n"
BLOCK = "async def block():\n    with transaction.atomic():\n        Book.objects.get(pk=1)\n"
FORGOTTEN = "async def forgotten():\n    Book.objects.acount()\n    return Book.objects.get(pk=1)\n"


def messages(tmp_path, function):
    """Return what the audit says of the lines of a function."""
    (tmp_path / "models.py").write_text(MODELS)
    head = "from django.db import transaction\n\nfrom models import Book\n\n\n"
    (tmp_path / "views.py").write_text(head + function)
    return [finding.message for finding in audit(tmp_path).findings]


def test_one_query_has_a_twin(tmp_path):
    assert messages(tmp_path, ONE) == ["Book.objects.get() asks the database; await aget() instead"]


def test_each_of_several_queries_says_that_they_move_together(tmp_path):
    """Twins would be wrong: a lock needs a transaction around both queries, and no await may stand in that."""
    first, second = messages(tmp_path, SEVERAL)
    assert first == f"Book.objects.select_for_update().get() asks the database{TOGETHER}"
    assert second == f"book.save() asks the database{TOGETHER}"


def test_a_queryset_that_is_gone_through_is_one_of_them(tmp_path):
    assert [message.endswith(TOGETHER) for message in messages(tmp_path, A_LOOP)] == [True, True]


def test_a_transaction_and_a_query_in_it_move_together(tmp_path):
    block, query = messages(tmp_path, BLOCK)
    assert block.endswith("; put the whole block into a function for sync_to_async")
    assert query.endswith(TOGETHER)


def test_what_no_thread_repairs_does_not_count(tmp_path):
    missing_await, query = messages(tmp_path, FORGOTTEN)
    assert "is not awaited" in missing_await
    assert query.endswith("; await aget() instead")


def test_two_functions_with_one_query_each_keep_their_advice(tmp_path):
    found = messages(tmp_path, f"{ONE}\n\n{ONE.replace('one', 'another')}")
    assert [message.endswith("; await aget() instead") for message in found] == [True, True]


def test_the_explanation_says_the_same(capsys):
    main(["--explain", "DAS001"])
    explained = " ".join(capsys.readouterr().out.split())
    assert "One call by itself: await its async twin" in explained
    assert "Several in one function, or one without a twin: put them into one plain function" in explained


def traceback(line, source):
    return (
        "Traceback (most recent call last):\n"
        '  File "/srv/consumers.py", line 9, in connect\n    await join()\n'
        f'  File "/srv/handlers.py", line {line}, in join\n    {source}\n'
        '  File "/usr/lib/python3.12/site-packages/django/utils/asyncio.py", line 24, in inner\n'
        "    raise SynchronousOnlyOperation(message)\n"
        "django.core.exceptions.SynchronousOnlyOperation: "
        "You cannot call this from an async context - use a thread or sync_to_async.\n"
    )


def test_a_log_with_two_places_of_one_function_says_so():
    first, second = check(traceback(3, "status = get()") + traceback(4, "status.save()"))
    assert first.endswith(
        "move to a thread in: join (/srv/handlers.py:3); it asks in other places too: move them together"
    )
    assert second.endswith("(/srv/handlers.py:4); it asks in other places too: move them together")


def test_a_log_with_one_place_twice_does_not():
    [found] = check(traceback(3, "status = get()") * 2)
    assert found.endswith("move to a thread in: join (/srv/handlers.py:3)")


@pytest.mark.timeout(20)
def test_another_tool_has_marked_the_nodes_that_trees_share(tmp_path, monkeypatch):
    """As `executing` does for the tracebacks of IPython: each node gets its parent, and so does the one ast.Load()."""
    tree = ast.parse("def marked(): return Book")
    load = tree.body[0].body[0].value.ctx
    assert load is ast.parse("other").body[0].value.ctx
    monkeypatch.setattr(load, "parent", tree, raising=False)
    assert len(messages(tmp_path, ONE)) == 1
