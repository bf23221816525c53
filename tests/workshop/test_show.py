"""What is displayed: text and HTML say the same, and a picture is never alone."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from workshop.calls import Calls
from workshop.failure import Failure
from workshop.picture import GOOD, WAIT
from workshop.show import Diff, Source

PATCH = """diff --git a/m/h.py b/m/h.py
index 1..2 100644
--- a/m/h.py
+++ b/m/h.py
@@ -1 +1 @@ def f():
-    old < 1
+    new < 1
"""


class Text(HTMLParser):
    """Collects what a reader of the page reads, and the pictures with their alternative texts."""

    def __init__(self, html):
        super().__init__()
        self.text, self.images = "", []
        self.feed(html)

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.images.append(dict(attrs))


def call(method, line, source, thread, outcome, number=1, hop=None, sql="SELECT"):
    where = {"file": "messaging/async_handlers.py", "line": line, "function": "f", "call": source}
    about = {"thread": thread, "number": number, "loop": thread.startswith("event"), "hop": hop, "framework": ""}
    return {"method": method, "where": where, "outcome": outcome, "sql": sql, **about}


CALLS = Calls(
    [
        call("connect", 15, "await f(…)", "worker", "ok"),
        call("connect", 15, "await f(…)", "worker", "ok"),
        call("connect", 18, "status.save(…) & <more>", "event loop", "SynchronousOnlyOperation", sql=None),
    ]
)
LONG = "UserStatus.objects.select_for_update().get_or_create(…)"


def frame(function, coroutine, project=True, file="messaging/async_handlers.py"):
    return {
        "file": file,
        "line": 7,
        "function": function,
        "source": f"{function}()",
        "project": project,
        "coroutine": coroutine,
    }


GUARD = frame("inner", False, project=False, file="django/db/x.py")


def test_a_diff_keeps_its_signs_and_loses_the_noise():
    diff = Diff(PATCH)
    assert diff.text() == "+++ m/h.py\n@@ -1 +1 @@ def f():\n-    old < 1\n+    new < 1"
    assert Text(diff.html().replace("</span>", "\n</span>")).text.strip() == diff.text()
    assert Diff("").text() == "no difference"


def test_a_diff_names_a_file_that_is_gone():
    patch = PATCH.replace("+++ b/m/h.py", "+++ /dev/null").replace("    new < 1\n", "")
    assert Diff(patch).text().startswith("+++ m/h.py is gone\n@@ ")


def test_source_is_one_function_with_its_decorators_and_numbers():
    code = "import x\n\n\n@x.y\n@x.z\ndef f():\n    return '<'\n\n\ndef g(): ...\n"
    source = Source("m/h.py", code, "f")
    assert source.text() == "m/h.py\n   4  @x.y\n   5  @x.z\n   6  def f():\n   7      return '<'"
    assert "return '<'" in Text(source.html()).text
    with pytest.raises(ValueError, match="no nothing"):
        Source("m/h.py", code, "nothing")


def test_statements_of_one_call_are_one_row():
    assert [row[1] for row in CALLS.rows] == ["async_handlers.py:15", "async_handlers.py:18"]


def drawn(page):
    (picture,) = page.images
    return "".join(ET.fromstring(unquote(picture["src"].partition(",")[2])).itertext())


def test_the_boundary_table_says_the_same_in_text_html_and_picture():
    page = Text(CALLS.html())
    (picture,) = page.images
    for row in CALLS.rows:
        for cell in row:
            assert cell in CALLS.text()
            assert cell in page.text
        for shown in (row[2], row[5]):
            assert shown in drawn(page)
            assert shown in picture["alt"]
    assert "<details><summary>" in CALLS.html().partition("<table")[0]


def test_a_call_that_holds_up_the_loop_says_so_in_a_word_and_in_amber():
    calls = Calls([call("connect", 22, LONG, "event loop", "ok"), call("leave", 22, "f(…)", "worker", "ok")])
    assert [row[5] for row in calls.rows] == ["ok, and everybody waits", "ok"]
    assert calls.text().splitlines()[1].endswith("event loop  yes    ok, and everybody waits")
    assert f"{LONG} in the event loop thread: ok, and everybody waits." in calls.alternative()
    assert re.findall(rf'<rect [^>]*fill="({WAIT.fill}|{GOOD.fill})"', calls.svg()) == [WAIT.fill, WAIT.fill, GOOD.fill]
    assert "not served" in calls.svg()
    assert "not served" not in CALLS.svg()
    assert WAIT.fill not in CALLS.svg()


def test_an_error_of_the_database_on_the_loop_held_it_up_too():
    assert [row[5] for row in Calls([call("x", 1, "f(…)", "event loop", "OperationalError")]).rows] == [
        "OperationalError, and everybody waits"
    ]


def test_a_hop_has_an_arrow_from_its_handler():
    calls = [call("connect", line, "f(…)", "worker", "ok", hop=hop) for line, hop in [(1, 1), (2, 1), (3, 2)]]
    assert Calls(calls).svg().count("marker-end") == 2
    assert "connect: await" in Calls(calls).svg()
    assert "marker-end" not in Calls([call("connect", 1, "f(…)", "event loop", "ok")]).svg()


def test_threads_have_names_when_there_are_several():
    calls = [call("page", n, "f(…)", "worker", "ok", number=number) for n, number in enumerate([17, 12, 17])]
    assert [row[3] for row in Calls(calls).rows] == ["worker A", "worker B", "worker A"]
    assert [row[3] for row in CALLS.rows] == ["worker", "event loop"]


def test_no_call_is_said_as_well():
    assert Calls([]).text() == Calls([]).alternative() == "No database call of that function since the server started."
    assert Text(Calls([]).html()).text == Calls([]).text()


def test_a_failure_names_where_to_wrap_and_the_orm_line():
    frames = [
        frame("connect", True),
        frame("save_all", False),
        GUARD,
    ]
    failure = Failure({"exception": "E", "message": "why", "full": "all of it", "frames": frames})
    assert [row[:3] for row in failure.rows()] == [
        ("async function", "messaging/async_handlers.py:7", "connect"),
        ("database line", "messaging/async_handlers.py:7", "save_all"),
        ("raised by", "django/db/x.py", "inner"),
    ]
    for row in failure.rows():
        for cell in row:
            assert cell in failure.text()
            assert cell in Text(failure.html()).text
    assert failure.summary() == "messaging/async_handlers.py:7: E: why"


def test_a_failure_without_an_async_function_of_the_project_names_that_of_a_library():
    django, asgiref = "django/core/handlers/base.py", "asgiref/sync.py"
    frames = [
        frame("__call__", True, False, asgiref),
        frame("resolve", True, False, django),
        frame("other", True, False, "elsewhere/loop.py"),
        frame("to_python", False),
        GUARD,
    ]
    failure = Failure({"exception": "SynchronousOnlyOperation", "message": "why", "full": "", "frames": frames})
    assert failure.wrap is None
    assert failure.called_by["function"] == "resolve"
    assert [(row[0], row[2]) for row in failure.rows()] == [
        ("async function", "resolve"),
        ("database line", "to_python"),
        ("raised by", "inner"),
    ]
    of_another_kind = Failure({"exception": "E", "message": "why", "full": "", "frames": frames})
    assert of_another_kind.called_by is None
    own = Failure(
        {
            "exception": "SynchronousOnlyOperation",
            "message": "",
            "full": "",
            "frames": [*frames[:2], frame("view", True), GUARD],
        }
    )
    assert own.called_by is None


@pytest.mark.parametrize(
    ("frames", "roles"),
    [
        ([frame("connect", True), GUARD], ["async function, database line", "raised by"]),
        (
            [frame("connect", True), frame("json", False, False, "json/encoder.py")],
            ["async function, line that failed", "raised by"],
        ),
        ([frame("store", True), frame("serialize", False)], ["async function", "raised by"]),
        ([frame("connect", True)], ["async function, raised by"]),
        ([frame("view", False), GUARD], ["database line", "raised by"]),
    ],
)
def test_a_frame_is_shown_once_with_all_its_roles(frames, roles):
    failure = Failure({"exception": "E", "message": "why", "full": "", "frames": frames})
    assert [row[0] for row in failure.rows()] == roles
