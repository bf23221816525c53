"""What LinkUp logs under Daphne with a bug put back: the checker names the line, and nothing once it is repaired."""

import re
import subprocess
import sys

import pytest

from workshop import Lab
from workshop.bug import Bug, bug_names
from workshop.database import program_environ
from workshop.show import span_of

ERROR = "SynchronousOnlyOperation"
BUGS = [name for name in bug_names() if Bug.load(name).error.exception == ERROR]


@pytest.fixture
async def lab(request, scratch):
    lab = Lab(request.param)
    yield lab
    await lab.close()


async def log_of(lab, action):
    async with await lab.serve() as site:
        await lab.bugs[0].action(action)(site)
        await site.quiet()
        return site.log


def check(lab, log):
    """Let the copy's own script read a log."""
    command = [sys.executable, lab.root / "check_async_errors.py", "--log", "-"]
    environ = program_environ(LINKUP_SECRET_KEY="of a test")
    done = subprocess.run(command, cwd="/", env=environ, input=log, capture_output=True, text=True, timeout=60)
    assert not done.stderr
    return done.returncode, done.stdout.splitlines()


def numbered(lab, place):
    """Return file and line number of a declared line."""
    text = (lab.root / place.file).read_text()
    first, last = span_of(text, place.function)
    number = next(n for n in range(first, last + 1) if text.splitlines()[n - 1].strip() == place.line)
    return f"{place.file}:{number}"


@pytest.mark.parametrize("lab", BUGS, indirect=True)
async def test_the_line_of_a_bug_is_named(lab):
    error = lab.bugs[0].error
    code, lines = check(lab, await log_of(lab, "reproduce"))
    assert code == 1
    asks = re.escape(numbered(lab, error))
    assert re.fullmatch(rf"{asks}: {ERROR}, (1 time|\d times): {re.escape(error.line)}", lines[0]), lines
    to_repair = f"{error.to_repair.function} ({numbered(lab, error.to_repair)})"
    if error.called_by:  # by Django's own async function: the program has none that could move the work
        to_repair = f"the async caller of {error.function}, which is not in the traceback"
    assert f"      move to a thread in: {to_repair}" in lines[1 : None if error.called_by else 2]


@pytest.mark.parametrize("lab", BUGS, indirect=True)
async def test_nothing_is_named_in_linkup_as_shipped(lab):
    lab.fix()
    assert check(lab, await log_of(lab, "reproduce")) == (0, [f"No {ERROR} in standard input."])


@pytest.mark.parametrize("lab", ["02_online_status"], indirect=True)
async def test_the_function_to_repair_is_the_async_one(lab):
    """In the exercise the line that asks the database stands in a sync function, which is right as it is."""
    lab.exercise(2)
    _code, lines = check(lab, await log_of(lab, "exercise_2"))
    file = "messaging/message_persistence_manager.py"
    asks, calls = "return behind.update(", "return mark_messages(recipient_id"
    source = (lab.root / file).read_text().splitlines()
    asks, calls = (next(n for n, line in enumerate(source, 1) if text in line) for text in (asks, calls))
    assert lines[0].startswith(f"{file}:{asks}: {ERROR}, ")
    assert lines[1] == f"      move to a thread in: mark_messages_async ({file}:{calls})"


@pytest.mark.parametrize("lab", ["02_online_status"], indirect=True)
async def test_a_log_from_before_the_repair_says_so(lab):
    log = await log_of(lab, "reproduce")
    lab.fix()
    code, lines = check(lab, log)
    assert code == 1
    assert lines[1].startswith("      move to a thread in: set_user_online_status (messaging/async_handlers.py:")
    assert lines[2] == "      the source has changed since, and may have been repaired"
