"""What people paste: tracebacks of pytest, IPython, Twisted and Django's debug page, quoted, escaped, joined and cut.

Each is printed by the tool itself, and says what the same traceback says in Python's own form.
"""

import asyncio
import html
import os
import subprocess
import sys
import traceback

import pasted_program
import pytest
from audit import HERE, check, finding
from django.core.exceptions import SynchronousOnlyOperation
from django.views.debug import ExceptionReporter
from IPython.core.ultratb import FormattedTB
from twisted.python.failure import Failure

from async_audit.pasted import as_python_prints

PROGRAM = HERE / "pasted_program.py"
FOUND = [
    finding(
        ("names", "return [user.username for user in User.objects.all()]"),
        ("show", "return names()"),
        name="pasted_program.py",
        program=PROGRAM,
    )
]
TESTS = f"""
import asyncio, django, sys
django.setup()
sys.path.insert(0, {str(HERE)!r})
from pasted_program import show

def test_show():
    asyncio.run(show())
"""


@pytest.fixture(scope="module")
def error():
    with pytest.raises(SynchronousOnlyOperation) as caught:
        asyncio.run(pasted_program.show())
    return caught.value


@pytest.fixture(scope="module")
def text(error):
    """The traceback in Python's own form."""
    return "".join(traceback.format_exception(error))


def pasted(text):
    return check(text, pasted=True)


def test_as_python_prints_it(text):
    assert pasted(text) == check(text) == FOUND
    assert list(as_python_prints(text.splitlines())) == text.splitlines()


@pytest.mark.parametrize("style", ["auto", "short"])
def test_pytest(tmp_path, style):
    (tmp_path / "test_shop.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--tb={style}", "test_shop.py"]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert "1 failed" in done.stdout, done.stdout
    assert pasted(done.stdout) == FOUND


@pytest.mark.parametrize("mode", ["Context", "Plain"])
def test_ipython(error, mode):
    printed = FormattedTB(mode=mode, theme_name="nocolor").text(type(error), error, error.__traceback__)
    assert f'File "{PROGRAM}"' not in printed
    assert pasted(printed) == FOUND


def test_a_cell_of_ipython():
    older = """
SynchronousOnlyOperation                  Traceback (most recent call last)
<ipython-input-16-be08c18772f3> in <module>
----> 1 Book.objects.first()

/srv/env/lib/python3.7/site-packages/django/db/models/query.py in first(self)
    653     def first(self):
--> 654         for obj in (self if self.ordered else self.order_by('pk'))[:1]:

/srv/env/lib/python3.7/site-packages/django/db/models/sql/compiler.py in execute_sql(self, result_type)
-> 1154             cursor = self.connection.cursor()

/srv/env/lib/python3.7/site-packages/django/utils/asyncio.py in inner(*args, **kwargs)
     23                 if event_loop.is_running():
---> 24                     raise SynchronousOnlyOperation(message)

SynchronousOnlyOperation: You cannot call this from an async context - use a thread or sync_to_async.
"""
    newer = older.replace("<ipython-input-16-be08c18772f3> in <module>", "Cell In[16], line 1")
    for printed, place in ((older, "<ipython-input-16-be08c18772f3>:1"), (newer, "Cell In[16]:1")):
        [found] = pasted(printed)
        assert found.startswith(f"{place}: SynchronousOnlyOperation, 1 time: Book.objects.first()\n")


def test_twisted(error):
    brief = Failure(error).getTraceback(detail="brief") if error.__traceback__ else ""
    assert brief.startswith("Traceback: <class ")
    [found] = pasted(f"[Failure instance: {brief}]\n")
    assert found == FOUND[0]


def test_the_debug_page(error):
    reporter = ExceptionReporter(None, type(error), error, error.__traceback__)
    page = reporter.get_traceback_html()
    copied = page[page.index('id="traceback_area"') : page.index("</textarea>")]
    assert pasted(copied) == pasted(reporter.get_traceback_text()) == FOUND


def test_escaped_as_on_a_page(text):
    assert "&quot;" in html.escape(text)
    assert pasted(html.escape(text)) == FOUND


@pytest.mark.parametrize("mark", ["> ", ">", "> > "])
def test_a_quote(text, mark):
    assert pasted("".join(f"{mark}{line}\n" for line in text.splitlines())) == FOUND


def test_a_mark_before_the_frame_that_caught_it(text):
    """As Loguru has it."""
    first = f'  File "{PROGRAM}"'
    assert pasted(text.replace(first, f'> File "{PROGRAM}"', 1)) == FOUND


def test_all_in_one_line(text):
    lines = [line for line in text.splitlines() if not set(line) <= set(" ~^")]
    assert pasted(" ".join(line.strip() for line in lines)) == FOUND


def test_the_end_is_cut_off_below_the_message(text):
    lines = text.splitlines(keepends=True)
    message, cut = lines[-1], [n for n, line in enumerate(lines) if "/django/db/" in line]
    assert len(cut) > 3
    for end in cut:
        assert pasted(message + "".join(lines[: end + 1])) == FOUND
    assert "no traceback, only" in pasted(message + "".join(lines[: cut[0]]))[0]


def test_files_of_packages_that_are_named_from_their_folder(text):
    """As Sentry names them, without a header and below the error."""
    lines = text.splitlines(keepends=True)
    packages = str(HERE.parents[1])
    named = "".join([lines[-1], *lines[1:-1]])
    for folder in sys.path:
        named = named.replace(f'"{folder}/django/', '"django/')
    assert '"django/db/models/query.py"' in named, packages
    assert pasted(named) == FOUND


def test_a_special_method_is_not_what_is_awaited(text):
    line = '  File "/srv/shop/models.py", line 9, in {}\n    return self.author.name\n'
    head, _, tail = text.partition(f'  File "{PROGRAM}"')
    caller = '  File "/srv/shop/views.py", line 3, in log_action\n    await log(f"{book}")\n'
    rest = tail[tail.index("  File", tail.index("names()")) :]
    rest = rest[rest.index("  File", 10) :] if PROGRAM.name in rest[:200] else rest
    [found] = pasted(head + caller + line.format("__str__") + rest)
    assert found.endswith("move to a thread in: log_action (/srv/shop/views.py:3)")
    [found] = pasted(head + caller + line.format("described") + rest)
    assert found.endswith("move to a thread in: described (/srv/shop/models.py:9)")
