"""Which function is async, as its source or a guess tells; how its file is called; which lines are the project's."""

import itertools
import re
import shutil

import pytest
from audit import HERE, IN_HANDLER, PROGRAM, SAVE, at, check, finding

MOVED = ["/srv/shop/site/orders.py", "C:\\shop\\site\\orders.py"]


@pytest.fixture
def shop(tmp_path):
    """A project with failing_program.py as site/orders.py."""
    (tmp_path / "site").mkdir()
    shutil.copy(PROGRAM, tmp_path / "site/orders.py")
    return tmp_path


def moved(log, path):
    return log.read_text().replace(str(PROGRAM), path)


def elsewhere(found, path):
    return found.replace("failing_program.py", path)


@pytest.mark.parametrize("path", [*MOVED, "site/orders.py"])
def test_the_log_of_another_machine_names_the_files_of_this(logs, shop, path):
    assert check(moved(logs / "in_handler.log", path), shop) == [elsewhere(IN_HANDLER, "site/orders.py")]


def test_the_project_behind_a_symbolic_link(logs, shop, tmp_path_factory):
    link = tmp_path_factory.mktemp("links") / "shop"
    link.symlink_to(shop)
    for named, root in itertools.product((link, shop), repeat=2):
        log = moved(logs / "in_handler.log", str(named / "site/orders.py"))
        assert check(log, root) == [elsewhere(IN_HANDLER, "site/orders.py")]


def test_a_file_outside_the_project_keeps_its_path(logs, tmp_path):
    assert check((logs / "in_handler.log").read_text(), tmp_path) == [elsewhere(IN_HANDLER, str(PROGRAM))]


GUESSES = {
    "awaited": ("in_handler", "return save()"),  # its caller awaits it
    "caused_another": ("caused_another", "save_or_fail()"),  # asyncio.run runs it
    "while_logging": ("while_logging", "log.error("),  # the event loop runs it
}


@pytest.mark.parametrize("way", GUESSES)
def test_without_the_source_an_awaited_function_counts_as_async(logs, tmp_path, way):
    (found,) = check(moved(logs / f"{way}.log", "/srv/orders.py"), tmp_path)
    function, source = GUESSES[way]
    assert found.endswith(f"move to a thread in: {function} (/srv/orders.py:{at(function, source)})")


def test_without_the_source_a_line_that_awaits_counts_as_async(tmp_path):
    log = (
        '  File "/srv/a.py", line 1, in outer\n    await inner(user.status)\n                ^^^^^^^^^^^\n'
        '  File "/srv/a.py", line 5, in status\n    return self.row.status\n           ^^^^^^^^\n'
        "SynchronousOnlyOperation: no\n"
    )
    (found,) = check(log, tmp_path)
    assert "move to a thread in: outer (/srv/a.py:1)" in found
    without_marks = re.sub(r"\n +\^+(?=\n)", "", log)
    assert "move to a thread in: status (/srv/a.py:5)" in check(without_marks, tmp_path)[0]


def test_without_the_source_nothing_else_counts_as_async(logs, tmp_path):
    (found,) = check(moved(logs / "in_a_task.log", "/srv/orders.py"), tmp_path)
    assert found.endswith("move to a thread in: the async caller of save, which is not in the traceback")


@pytest.mark.parametrize("content", [b"def broken(:\n", b"\0", b"# coding: none\n", b"\xff\n", b"x = " + b"-" * 10**5])
def test_a_file_that_is_no_python_is_as_good_as_none(logs, shop, content):
    (shop / "site/orders.py").write_bytes(content)
    (found,) = check(moved(logs / "awaited.log", MOVED[0]), shop)
    assert found == elsewhere(IN_HANDLER, "site/orders.py")


def test_a_program_that_is_no_python_file(logs, tmp_path):
    (found,) = check(moved(logs / "awaited.log", "/dev/stdin"), tmp_path)
    assert found == elsewhere(IN_HANDLER, "/dev/stdin")
    (found,) = check(moved(logs / "awaited.log", "<string>"), tmp_path)
    assert found == elsewhere(IN_HANDLER, "<string>")


def test_no_other_file_is_quoted(tmp_path):
    """Strangers choose what a log holds, so it must not choose which files are read."""
    (tmp_path / "secret.txt").write_text("swordfish\n")
    (found,) = check('  File "secret.txt", line 1, in f\nSynchronousOnlyOperation: no\n', tmp_path)
    assert found.startswith("secret.txt:1: SynchronousOnlyOperation, 1 time: in f\n")


def test_a_source_that_has_changed_is_not_asked(logs, shop):
    path = shop / "site/orders.py"
    path.write_text(path.read_text().replace("async def in_handler", "@database_sync_to_async\ndef in_handler"))
    (found,) = check(moved(logs / "awaited.log", MOVED[0]), shop)
    changed = (
        elsewhere(IN_HANDLER, "site/orders.py") + "\n      the source has changed since, and may have been repaired"
    )
    assert found == changed
    path.write_text("")
    assert check(moved(logs / "awaited.log", MOVED[0]), shop) == [found]


def test_a_function_of_another_name_is_not_asked(logs, shop):
    path = shop / "site/orders.py"
    path.write_text(path.read_text().replace("async def in_handler", "def in_another"))
    assert check(moved(logs / "awaited.log", MOVED[0]), shop) == [elsewhere(IN_HANDLER, "site/orders.py")]


def test_an_invalid_escape_is_not_complained_about(logs, shop, recwarn):
    path = shop / "site/orders.py"
    path.write_text(path.read_text() + '\nregex = "\\d"\n')
    assert check(moved(logs / "in_a_task.log", MOVED[0]), shop) == [elsewhere(IN_HANDLER, "site/orders.py")]
    assert not recwarn.list


def test_a_log_without_source_lines_is_completed_from_the_files(logs, shop):
    frames = re.sub(r"(?<=\n)    .*\n", "", moved(logs / "in_handler.log", MOVED[0]))
    assert check(frames, shop) == [elsewhere(IN_HANDLER, "site/orders.py")]
    (found,) = check(frames, HERE)
    assert f"{MOVED[0]}:{at(*SAVE)}: SynchronousOnlyOperation, 1 time: in save\n" in found


def test_installed_packages_are_not_the_project(logs, shop):
    (shop / "venv/lib/python3.12/site-packages/shop").mkdir(parents=True)
    installed = shop / "venv/lib/python3.12/site-packages/shop/orders.py"
    shutil.copy(PROGRAM, installed)
    (found,) = check(moved(logs / "in_handler.log", str(installed)), shop)
    assert found.startswith("shop/orders.py:")
    assert found.endswith("no line of the project is in the traceback: look for what calls this")


WRAPPER = '  File "/opt/tracer/watch.py", line 9, in watched\n    return function(self)\n'
GUARD = """\
  File "/usr/lib/python3/dist-packages/django/utils/asyncio.py", line 24, in inner
    raise SynchronousOnlyOperation(message)
"""


def wrapped(log):
    guard = log.rindex("  File")
    return log[:guard] + WRAPPER + log[guard:]


def test_a_wrapper_below_the_database_code_asks_nothing_itself(logs, tmp_path):
    log = wrapped(moved(logs / "in_handler.log", "/srv/orders.py"))
    assert check(log, tmp_path) == [elsewhere(IN_HANDLER, "/srv/orders.py")]


def test_a_wrapper_outside_the_project_asks_nothing_itself(logs):
    line = "with connection.cursor() as cursor:"
    assert check(wrapped((logs / "at_the_guard.log").read_text())) == [finding(*[("at_the_guard", line)] * 2)]


def test_code_that_calls_the_guard_is_no_wrapper():
    for log in (WRAPPER + GUARD, WRAPPER * 2 + GUARD):
        assert check(log)[0].startswith(
            "/opt/tracer/watch.py:9: SynchronousOnlyOperation, 1 time: return function(self)"
        )
