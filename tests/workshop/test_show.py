"""What is displayed: text and HTML say the same, and a picture is never alone."""

import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from workshop.calls import Calls
from workshop.failure import Failure
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


def call(method, line, source, thread, outcome):
    where = {"file": "messaging/async_handlers.py", "line": line, "function": "f", "call": source}
    return {"method": method, "where": where, "thread": thread, "loop": thread.startswith("event"), "outcome": outcome}


CALLS = Calls(
    [
        call("connect", 15, "await f(…)", "worker", "ok"),
        call("connect", 15, "await f(…)", "worker", "ok"),
        call("connect", 18, "status.save(…) & <more>", "event loop", "SynchronousOnlyOperation"),
    ]
)


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


def test_the_boundary_table_says_the_same_in_text_html_and_picture():
    page = Text(CALLS.html())
    (picture,) = page.images
    drawn = "".join(ET.fromstring(unquote(picture["src"].partition(",")[2])).itertext())
    for row in CALLS.rows:
        for cell in row:
            assert cell in CALLS.text()
            assert cell in page.text
        for shown in (row[2], row[5]):
            assert shown in drawn
            assert shown in picture["alt"]


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
