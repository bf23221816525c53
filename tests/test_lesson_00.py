"""The exercise of lesson 00: unsolved it says so, and the solution that the lesson shows solves it."""

import html
import re

import nbformat
import pytest
from nbclient import NotebookClient

from workshop import try_it
from workshop.scratch import NOTEBOOKS


def notebook():
    return nbformat.read(NOTEBOOKS / "00_start_here.ipynb", as_version=4)


def solution():
    text = "\n".join(cell.source for cell in notebook().cells if cell.cell_type == "markdown")
    return html.unescape(
        re.search(r"<summary>A solution</summary>.*?<pre><code>(.*?)</code></pre>", text, re.S).group(1)
    )


TWO_WAYS = """
def read_usernames():
    return [user.username for user in User.objects.order_by("username")]


async def usernames():
    return await sync_to_async(read_usernames)()
"""


@pytest.mark.parametrize(
    ("attempt", "says"),
    [
        (solution(), "Solved."),
        (TWO_WAYS, "Solved."),
        (solution().replace("async for", "for"), "Not yet: SynchronousOnlyOperation"),
        (solution().replace("async def", "def").replace("async for", "for"), "Not yet: SynchronousOnlyOperation"),
        ("async def usernames():\n    pass", "Not yet: it returned None"),
    ],
    ids=["the solution", "another right way", "unsolved", "not even async", "empty"],
)
def test_attempts(attempt, says):
    lesson = notebook()
    exercise = next(n for n, cell in enumerate(lesson.cells) if "exercise" in cell.metadata.get("tags", []))
    lesson.cells[exercise].source = attempt
    # The set-up, the imports of the steps, the attempt, the check: a lesson must also work when cells are left out.
    needed = ("start_django()", "sync_to_async\n", "import expect_error", "def usernames", "await try_it")
    lesson.cells = [
        cell
        for cell in lesson.cells
        if cell.cell_type == "code" and (cell.source == attempt or any(part in cell.source for part in needed))
    ]
    NotebookClient(lesson, timeout=60, resources={"metadata": {"path": NOTEBOOKS}}).execute()
    assert lesson.cells[-1].outputs[0].text.startswith(says)


async def test_try_it_takes_any_mistake_calmly(capsys):
    async def broken():
        raise KeyError("name")

    await try_it(broken, [])
    assert capsys.readouterr().out == "Not yet: KeyError: 'name'\n"
