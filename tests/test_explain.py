"""From an error's text to its lesson: what people paste, and what the programs of the gallery really raise."""

import pytest

from async_audit.siblings import SIBLINGS, sibling_in
from outcomes import RUN, outcomes
from workshop import Shape, WorkshopError, explain
from workshop.explain import nearest
from workshop.scratch import NOTEBOOKS

# Their error is the harm itself, as a program or a test notices it: no text that would lead anywhere.
NO_TEXT_OF_ITS_OWN = ("AssertionError", "DoesNotExist", "TimeoutError", "TransactionManagementError")
TRACEBACK = """Traceback (most recent call last):
  File "/srv/shop/views.py", line 12, in show
    return JsonResponse({"author": book.author.name})
  File "/srv/env/lib/python3.12/site-packages/django/db/models/fields/related_descriptors.py", line 264, in __get__
    rel_obj = self.get_object(instance)
  File "/srv/env/lib/python3.12/site-packages/django/utils/asyncio.py", line 24, in inner
    raise SynchronousOnlyOperation(message)
django.core.exceptions.SynchronousOnlyOperation: You cannot call this from an async context - \
use a thread or sync_to_async.
"""


def test_a_traceback_leads_to_line_lesson_trap_and_program():
    text = explain(TRACEBACK).text()
    assert text.startswith("/srv/shop/views.py:12: SynchronousOnlyOperation")
    for part in ("DAS003", "fix: ", "trap: ", "notebooks/06_attributes_that_query.ipynb", 'Shape("lazy_relation/'):
        assert part in text
    assert 'Shape("lazy_relation/' in explain(TRACEBACK).html().replace("&quot;", '"')


@pytest.mark.parametrize("text", ["", "hello", "KeyError: 'name'"])
def test_what_is_no_known_error_is_said(text):
    with pytest.raises(WorkshopError, match="no error in this text that the kit knows"):
        explain(text)


@pytest.mark.parametrize("sibling", SIBLINGS, ids=lambda sibling: sibling.text[:30])
def test_a_text_leads_to_a_lesson_and_a_program_that_there_are(sibling):
    assert (NOTEBOOKS.parent / sibling.lesson_file).is_file()
    if sibling.shape:
        Shape(sibling.shape)


@pytest.mark.parametrize(
    "program", [p for p in RUN if p.kind == "broken" and p.raises not in ("", "never awaited")], ids=str
)
def test_what_a_program_raises_is_known(program):
    if program.raises in NO_TEXT_OF_ITS_OWN and program.key[0] != "rest_framework_view":
        return
    outcome = outcomes()[*program.key, "run"]
    if "object has no attribute" in outcome["message"] and "coroutine" not in outcome["message"]:
        return  # a setUp that was not run: the attribute is missing, and that is all
    assert sibling_in(f"{outcome['error']}: {outcome['message']}"), outcome["message"]


@pytest.mark.parametrize(
    ("code", "line", "shape"),
    [
        ("DAS001", "room = Room.objects.get(name=self.room)", "sync_query/get"),
        ("DAS002", "for message in Message.objects.filter(room=room):", "queryset_evaluated/"),
        ("DAS011", "with transaction.atomic():", "transaction_on_the_loop/atomic"),
    ],
)
def test_the_nearest_program_has_a_line_like_it(code, line, shape):
    assert nearest(code, line).startswith(shape)
