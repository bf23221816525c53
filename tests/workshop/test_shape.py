"""A shape of the gallery, as a cell shows and runs it, and what is said of a learner's own version."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from needs import skip_or_fail
from workshop import Shape, WorkshopError
from workshop.runner import Runner, postgresql
from workshop.scratch import NOTEBOOKS
from workshop.shape import Unfinished

KEY = "lazy_relation/only_its_key"


@pytest.mark.parametrize("name", ["source", "show", "diff", "run", "check"])
def test_a_call_shows_an_example_of_itself(name):
    assert f"shape.{name}(" in getattr(Shape, name).__doc__


def test_source_and_diff():
    shape = Shape(KEY)
    name, _head, *lines = repr(shape.source("broken")).splitlines()
    assert name == "lazy_relation.py"
    assert [line[6:] for line in lines] == ["    book = await Book.objects.aget(pk=1)", "    return book.author.pk"]
    assert repr(shape.diff()).splitlines() == [
        "+++ lazy_relation.py",
        " async def only_its_key():",
        "     book = await Book.objects.aget(pk=1)",
        "-    return book.author.pk",
        "+    return book.author_id",
    ]


def test_what_the_programs_use():
    shape = Shape("shared_transaction/block")
    assert repr(shape.show("beside")).splitlines()[1].endswith("  async def beside(block):")
    assert repr(shape.show("raise_price", "shop/signals.py")).startswith("shop/signals.py\n")
    assert "TITLES = " in repr(shape.show(file="shop/bestsellers.py"))


@pytest.mark.parametrize(
    ("wanted", "says"),
    [(("besides",), "has no besides in shared_transaction.py."), ((None, "shop/none.py"), "has no shop/none.py.")],
)
def test_what_the_programs_do_not_use(wanted, says):
    with pytest.raises(WorkshopError, match=says):
        Shape("shared_transaction/block").show(*wanted)


def test_marks_are_no_part_of_a_diff():
    assert "costs" not in repr(Shape("lazy_relation/second_step").diff("trap", "fixed"))
    assert "expect" not in repr(Shape("sync_mixin/login_required").diff())


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("lazy_relation/only_it_key", "There is: lazy_relation/only_its_key."),
        ("nothing", "The gallery has no 'nothing'."),
    ],
)
def test_a_shape_that_there_is_not(name, says):
    with pytest.raises(WorkshopError, match=says):
        Shape(name)


def test_a_program_that_there_is_not():
    with pytest.raises(WorkshopError, match=r"has no 'trap'\. There are: broken, fixed, control\."):
        Shape(KEY).source("trap")


@pytest.mark.parametrize(
    ("name", "yours", "says"),
    [
        (
            "management_command/async_handle",
            "def handle(c, **o):\n    return f'{Author.objects.count()} authors'",
            "Solved.",
        ),
        ("management_command/async_handle", "async def handle(c, **o):\n    return 'x'", "has no attribute 'endswith'"),
        (
            "tests_on_the_loop/row_of_a_fixture",
            "async def t(transactional_db):\n    print((await Author.objects.acreate(name='Chloe')))",
            "Solved.",
        ),
        ("tests_on_the_loop/row_of_a_fixture", "def t(no_such_fixture):\n    pass", "no_such_fixture"),
        ("tests_on_the_loop/row_of_a_fixture", "def t():\n    Author.objects.get()", "Database access not allowed"),
    ],
)
async def test_a_command_and_a_test_of_yours(name, yours, says):
    assert says in await Shape(name).check(yours)


async def test_a_broken_program_shows_where_to_wrap_and_what_it_has_asked():
    ran = await Shape("str_of_instance/f_string").run()
    assert ran.failure.name == "SynchronousOnlyOperation"
    assert (ran.failure.wrap["function"], ran.failure.line["function"]) == ("broken_f_string", "__str__")
    assert [row[2:] for row in ran.calls.rows] == [
        ("await Book.objects.aget(…)", "worker", "no", "ok"),
        ("self.author", "event loop", "yes", "SynchronousOnlyOperation"),
    ]
    assert "database line                  shop/models.py:" in repr(ran)
    assert ran.calls.text() in repr(ran)
    assert "<svg" in ran.html() or "<img" in ran.html()


async def test_the_control_runs_the_same_body_without_a_loop():
    broken, control, fixed = [await Shape(KEY).run(which) for which in ("broken", "control", "fixed")]
    assert control.failure is None
    assert control.result == fixed.result
    assert [row[:3] for row in control.calls.rows] == [row[:3] for row in broken.calls.rows]
    assert {row[3:] for row in control.calls.rows} == {("worker", "no", "ok")}
    assert repr(control).startswith("It returns: 1\n")


async def test_what_a_trap_costs():
    ran = await Shape("lazy_relation/second_step").run("trap")
    assert (ran.queries, ran.hops) == (3, 3)


@pytest.mark.parametrize(
    ("trap", "says", "check"),
    [
        ("trap", "It holds up the event loop while it waits for another thread.", "the event loop stands still"),
        ("trap_2", "Database connections it leaves open: 1.", "it leaves a database connection open"),
    ],
)
async def test_what_others_pay_for_a_trap_is_said(trap, says, check):
    shape = Shape("where_the_work_runs/place")
    assert says in repr(await shape.run(trap)).splitlines()
    text = "\n".join(line for _number, line in shape.source(trap).lines if not line.startswith("@costs"))
    assert f"Not yet: {check}" in await shape.check(text)
    for right in ("fixed", "fixed_2", "fixed_3"):
        ran = await shape.run(right)
        assert (ran.connections, ran.blocked_by, ran.hops) == (0, None, 1)


async def test_a_warning_is_shown():
    assert "never awaited" in repr(await Shape("missing_await/condition").run())


async def test_a_script_has_no_loop_around_it():
    shape = Shape("script_with_a_loop/main")
    assert repr(await shape.run("fixed_2")).startswith("It prints: 2 authors\n")
    assert (await shape.run()).failure.wrap["function"] == "main"


async def test_nothing_stays_in_the_kernel():
    shape, modules = Shape("sync_query/create"), set(sys.modules)
    first, second = await shape.run("fixed"), await shape.run("fixed")
    assert first.rows == second.rows
    assert not {name for name in set(sys.modules) - modules if name.startswith(("shop", "sync_query"))}


async def mine():
    return (await Book.objects.aget(pk=1)).author_id  # noqa: F821 - the gallery's own


ANSWERS = {
    "return (await Book.objects.values_list('author', flat=True).aget(pk=1))": "Solved.",
    "return await sync_to_async(lambda: Book.objects.get(pk=1).author.pk)()": "Solved.",
    "return (await Author.objects.aget(books=1)).pk": "Solved.",
    "return 2": "Not yet: it returns 2, and the fixed one 1.",
    "return 1": "Not yet: with other rows in the database, it returns 1, and the fixed one 2.",
    "return (await Book.objects.aget(pk=1)).author.pk": "Not yet: yours.py:2: SynchronousOnlyOperation: You cannot",
    "return there_is_not": "Not yet: yours.py:2: NameError: name 'there_is_not' is not defined",
    "Book.objects.acount()\n    return 1": "Not yet: a coroutine was never awaited",
    "return (": "Not yet: yours.py:2: SyntaxError",
    "import time\n    time.sleep(0.01)\n    return 1": "Not yet: the event loop",
    "import os\n    os._exit(1)": "Not yet: The program has ended its own process",
    "raise SystemExit": "Not yet: yours.py:2: SystemExit",
    "await Book.objects.aupdate(price=1)\n    return 1": "Not yet: it leaves other rows",
    "import os\n    os.environ['DJANGO_ALLOW_ASYNC_UNSAFE'] = '1'\n    return Book.objects.get(pk=1).author.pk": (
        "Not yet: a database call runs on the event loop"
    ),
}


@pytest.mark.parametrize("answer", ANSWERS)
async def test_a_learners_version_is_judged(answer):
    assert (await Shape(KEY).check(f"async def mine():\n    {answer}")).startswith(ANSWERS[answer])


async def test_a_function_can_be_handed_over():
    assert await Shape(KEY).check(mine) == "Solved."
    with pytest.raises(WorkshopError, match="without brackets"):
        await Shape(KEY).check(5)
    with pytest.raises(WorkshopError, match="no function"):
        await Shape(KEY).check("x = 1")


async def test_a_query_a_row_is_no_solution():
    shape = Shape("lazy_relation/async_for")
    source = "async def mine():\n" + "\n".join(line for _number, line in shape.source("trap").lines[2:])
    assert await shape.check(source) == "Not yet: it makes 3 queries, and the fixed one 1."


async def test_what_comes_to_no_end(monkeypatch):
    monkeypatch.setattr("workshop.shape.runner", lambda url: own)
    monkeypatch.setenv("WORKSHOP_GALLERY_LIMIT", "1")
    own = Runner()
    with pytest.raises(Unfinished, match="After 1 seconds"):
        await Shape(KEY).run("def mine():\n    while True:\n        pass")
    assert (await Shape(KEY).run("fixed")).returned == 1
    own.stop()


async def test_without_fork_each_program_has_a_process(monkeypatch):
    monkeypatch.setattr("workshop.shape.runner", lambda url: own)
    monkeypatch.setenv("WORKSHOP_GALLERY_NO_FORK", "1")
    own = Runner()
    assert (await Shape(KEY).run()).failure.name == "SynchronousOnlyOperation"
    assert own._process is None
    assert (
        await Shape(KEY).check("async def mine():\n    return (")
        == "Not yet: yours.py:2: SyntaxError: '(' was never closed"
    )


async def test_the_loop_goes_on_meanwhile():
    run = asyncio.create_task(Shape(KEY).run())
    await asyncio.sleep(0)
    assert not run.done()
    await run


async def test_what_sqlite_hides_needs_postgresql():
    shape = Shape("row_lock/select_for_update")
    if postgresql():
        assert (await shape.run()).failure.name == "TransactionManagementError"
        assert (await shape.run("fixed")).returned == 6
        return
    with pytest.raises(WorkshopError, match="SQLite hides what row_lock/select_for_update is about"):
        await shape.run()
    skip_or_fail("services", "LINKUP_DATABASE_URL names no PostgreSQL")


def test_nothing_outlives_a_kernel_that_is_killed(tmp_path):
    code = (
        "import os, signal\nfrom workshop.runner import runner\n"
        "runner().run_now(file='lazy_relation.py', name='fixed_first', way='run')\n"
        "print(runner()._process.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    environ = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=NOTEBOOKS, env=environ, stdout=subprocess.PIPE, text=True)
    process = Path("/proc", done.stdout.strip())
    end = time.monotonic() + 20
    while process.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not process.exists()
    assert not list(tmp_path.iterdir())
