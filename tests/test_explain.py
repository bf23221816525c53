"""From an error's text to its lesson: what people paste, and what the programs of the gallery really raise."""

import re
import subprocess
import sys

import pytest

from async_audit.siblings import SIBLINGS, sibling_in
from outcomes import ON_SQLITE, outcomes
from workshop import Shape, WorkshopError, explain
from workshop.database import program_environ
from workshop.explain import CHECKER, lines_of, nearest
from workshop.gallery import pairs
from workshop.scratch import NOTEBOOKS

# Their error is the harm itself, as a program or a test notices it: no text that would lead anywhere.
HARM_ITSELF = {
    *("loop_of_a_library-broken_tornado", "own_loop_in_a_view-broken_run_in_a_request"),
    *("standstill-broken_result", "standstill-broken_lock", "test_case_on_the_loop-broken_set_up"),
    *("tests_on_the_loop-broken_row_of_a_fixture", "tests_on_the_loop-broken_row_of_its_own"),
    "value_of_a_thread-broken_user",
}
FAILS = [p for p in ON_SQLITE if p.kind == "broken" and p.raises not in ("", "never awaited")]
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
    for part in ("DAS003", "fix: ", "trap: ", "notebooks/06_attributes_that_query.ipynb"):
        assert part in text
    [named] = re.findall(r'Shape\("(.+?)/(.+?)"\)', text)
    lines = [
        line
        for programs in pairs().values()
        if (programs[0].path[:-3], programs[0].about) == named
        for line in lines_of(programs[0])
    ]
    assert any(".author.name" in line for line in lines)
    assert f'Shape("{"/".join(named)}")' in explain(TRACEBACK).html().replace("&quot;", '"')


@pytest.mark.parametrize("text", ["", "hello", "KeyError: 'name'"])
def test_what_is_no_known_error_is_said(text):
    with pytest.raises(WorkshopError, match="no error in this text that the kit knows"):
        explain(text)


@pytest.mark.parametrize("sibling", SIBLINGS, ids=lambda sibling: sibling.text[:30])
def test_a_text_leads_to_a_lesson_and_a_program_that_there_are(sibling):
    assert (NOTEBOOKS.parent / sibling.lesson_file).is_file()
    if sibling.shape:
        Shape(sibling.shape)


@pytest.mark.parametrize("program", FAILS, ids=str)
def test_what_a_program_raises_is_known(program):
    outcome = outcomes()[*program.key, "run"]
    known = sibling_in(f"{outcome['error']}: {outcome['message']}")
    assert bool(known) != (str(program) in HARM_ITSELF), outcome["message"]


def test_a_message_alone_leads_to_the_rule():
    text = explain("SynchronousOnlyOperation: You cannot call this from an async context").text()
    for part in ("no traceback, only: ", "fix: ", "trap: ", "notebooks/00_start_here.ipynb", 'Shape("sync_query/get")'):
        assert part in text


def test_an_error_without_a_program_of_its_own_is_explained():
    text = explain("ProgrammingError: Cannot operate on a closed database.").text()
    assert "notebooks/03_persistence_manager.ipynb" in text
    assert "Shape(" not in text


def test_a_log_that_is_piped_in_is_red_for_its_own_error_alone():
    """A coroutine that was not awaited is explained; it is no SynchronousOnlyOperation, which is what is counted."""
    done = subprocess.run(
        [sys.executable, CHECKER, "--log", "-"],
        input="RuntimeWarning: coroutine 'QuerySet.acreate' was never awaited",
        env=program_environ(),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "lesson: notebooks/03" in done.stdout) == (0, True)


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
