"""The shape that a traceback shows, for tracebacks that Django has really raised."""

import io
import subprocess
import sys

import pytest
from audit import HERE

from async_audit.frames import Frame
from async_audit.guess import shape_of
from async_audit.logs import LogFindings
from async_audit.shapes import shapes
from async_audit.source import Project

PACKAGES = "/venv/lib/python3.13/site-packages"
# Their tracebacks look like those of another shape, or need a package that the kit does not have.
NOT_RAISED = {"DAS005", "DAS007", "DAS016", "DAS018", "DAS021", "DAS101"}


@pytest.fixture(scope="module")
def raised(tmp_path_factory):
    """The guesses by file name, for what failing_shapes.py has logged."""
    folder = tmp_path_factory.mktemp("shapes")
    subprocess.run([sys.executable, HERE / "failing_shapes.py", folder], check=True)
    guesses = {}
    for log in sorted(folder.iterdir()):
        found = LogFindings(Project(HERE))
        found.read(log.open("rb"), log.name)
        guesses[log.stem] = [finding.code for finding in found.findings()]
    return guesses


def test_the_shape_of_each_traceback(raised):
    assert raised == {name: [name.partition("_")[0]] for name in raised}


def test_each_shape_that_can_be_seen_is_tried(raised):
    assert {name.partition("_")[0] for name in raised} == shapes().keys() - NOT_RAISED


def guess(*frames, source="await save()"):
    """Return the guess for frames of packages below an async function of a project."""
    handler = Frame("/srv/shop/views.py", 3, "handler", source)
    return shape_of([handler, *(Frame(path, 1, function) for path, function in frames)], handler)


@pytest.mark.parametrize("module", ["serializers", "relations", "fields", "validators"])
def test_a_serializer(module):
    query = (f"{PACKAGES}/django/db/models/query.py", "__iter__")
    assert guess((f"{PACKAGES}/rest_framework/{module}.py", "data"), query) == "DAS016"


def test_a_resolver_of_graphql():
    executor = Frame(f"{PACKAGES}/graphql/execution/execute.py", 1, "execute_field")
    assert shape_of([executor, Frame("/srv/shop/schema.py", 3, "books")], None) == "DAS019"
    assert shape_of([Frame("/srv/shop/schema.py", 3, "books")], None) == "DAS001"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("name = await sync_to_async(Author.objects.get(pk=1))", "DAS006"),
        ("name = await sync_to_async(Author.objects.get)(pk=pk(1))", "DAS001"),
        ("name = await sync_to_async(lambda: Author.objects.get(pk=1))()", "DAS001"),
    ],
)
def test_an_argument_that_was_called(source, code):
    assert guess((f"{PACKAGES}/django/db/models/query.py", "get"), source=source) == code


def test_without_a_frame_of_a_package():
    assert guess() == "DAS001"


def test_what_stands_above_the_async_function_does_not_count():
    handler, query = Frame("/srv/shop/views.py", 3, "handler"), Frame(f"{PACKAGES}/django/db/models/query.py", 1, "get")
    for above in ("django/contrib/auth/middleware.py", "graphql/execution/execute.py", "asyncio/events.py"):
        assert shape_of([Frame(f"{PACKAGES}/{above}", 1, "call"), handler, query], handler) == "DAS001"


def test_what_stands_below_a_plain_function_does_not_call_it():
    below = Frame("/usr/lib/python3.13/asyncio/events.py", 1, "get_running_loop")
    assert shape_of([Frame("/srv/shop/models.py", 3, "save"), below], None) == "DAS001"


def test_a_message_without_a_traceback_has_no_shape(raised):
    found = LogFindings(Project(HERE))
    message = b"ERROR SynchronousOnlyOperation: You cannot call this from an async context\n"
    found.read(io.BufferedReader(io.BytesIO(message)), "site.log")
    assert [finding.code for finding in found.findings()] == [""]
