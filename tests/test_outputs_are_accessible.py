"""What the kit shows in a notebook, as a page: axe finds nothing and nothing is clipped, light and dark."""

import re

import nbformat
import pytest
from nbconvert import HTMLExporter

from axe import violations
from workshop.calls import Calls
from workshop.failure import Failure
from workshop.scratch import NOTEBOOKS, PROJECT
from workshop.show import Diff, Source

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's
OUTPUTS = ".jp-OutputArea-output"
LESSON = NOTEBOOKS / "02_online_status.ipynb"
FILE = "messaging/message_persistence_manager.py"
LONG = "x = status.connections.filter(Q(pk=connection_id) | Q(seen_at__lt=now - ALIVE)).exclude(pk=another).delete()"


def frame(function, project=True):
    about = {"file": FILE, "line": 107, "function": function, "source": LONG, "project": project, "coroutine": True}
    return about if project else {**about, "file": "django/utils/asyncio.py"}


def call(thread, outcome, **more):
    where = {"file": FILE, "line": 3, "function": "f", "call": "users.select_for_update(…).only(…).get_or_create(…)"}
    about = {"method": "receive", "where": where, "outcome": outcome, "thread": thread, "loop": thread == "event loop"}
    return {**about, "number": 1, "hop": 1, "framework": "", "sql": "SELECT", **more}


def everything():
    """Return a notebook with an output of each kind."""
    calls = [call("event loop", "ok"), call("worker", "ok"), call("event loop", "SynchronousOnlyOperation", sql=None)]
    shown = [
        Source(FILE, (PROJECT / FILE).read_text()),
        Diff(f"+++ b/{FILE}\n@@ -1 +1 @@ def f():\n-    {LONG}\n+    {LONG}, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12\n"),
        Calls(calls),
        Failure({"exception": "E", "message": "why", "full": "", "frames": [frame("f"), frame("inner", False)]}),
    ]
    notebook = nbformat.v4.new_notebook()
    for each in shown:
        output = nbformat.v4.new_output("display_data", data=each._repr_mimebundle_())
        notebook.cells.append(nbformat.v4.new_code_cell(outputs=[output]))
    return notebook


@pytest.fixture(params=[("light", 1280), ("dark", 800)], ids=lambda param: f"{param[0]}-{param[1]}")
async def exported(request, browser, tmp_path):
    """Open a notebook as a page: page = await exported(notebook). Nothing is loaded from the network."""
    theme, width = request.param

    async def open_notebook(notebook):
        html, _resources = HTMLExporter(theme=theme).from_notebook_node(notebook)
        (tmp_path / "lesson.html").write_text(html, encoding="utf-8")
        context = await browser.new_context(viewport={"width": width, "height": 900})
        page = await context.new_page()
        await page.route(re.compile("^https?:"), lambda route: route.abort())
        await page.goto((tmp_path / "lesson.html").as_uri())
        return page

    return open_notebook


async def test_axe_finds_nothing_in_each_kind_of_output(exported):
    page = await exported(everything())
    await page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    assert await violations(page, OUTPUTS) == []


async def test_axe_finds_nothing_in_the_outputs_of_a_lesson(exported):
    assert await violations(await exported(nbformat.read(LESSON, as_version=4)), OUTPUTS) == []


async def test_nothing_is_clipped_and_no_word_is_broken(exported):
    page = await exported(everything())
    await page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    clipped = """outputs => outputs.flatMap(output => [...output.querySelectorAll("pre, div, table, img")])
        .filter(element => element.scrollWidth > element.clientWidth + 1)
        .filter(element => !["auto", "scroll"].includes(getComputedStyle(element).overflowX))
        .map(element => element.outerHTML.slice(0, 100))"""
    assert await page.locator(OUTPUTS).evaluate_all(clipped) == []
    tall = "cells => cells.map(cell => cell.getBoundingClientRect().height)"
    heights = await page.locator(f"{OUTPUTS} td").evaluate_all(tall)
    assert max(heights) < 110, "a cell of a table is broken into more than five lines"


async def test_a_check_of_contrast_is_made_at_all(exported):
    """The outputs above would be without fault, too, if axe looked at none of them."""
    notebook = everything()
    faint = nbformat.v4.new_output(
        "display_data", data={"text/html": "<p style='color: #888; background: #777'>faint letters</p>"}
    )
    notebook.cells.append(nbformat.v4.new_code_cell(outputs=[faint]))
    (found,) = await violations(await exported(notebook), OUTPUTS)
    assert found.startswith("color-contrast: ")
