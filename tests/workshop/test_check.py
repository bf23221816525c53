"""An exercise is judged by what the program does: every right way passes, and a mistake gets a sentence."""

import re
from dataclasses import replace

import pytest

from workshop import Lab

SYNC = """@database_sync_to_async
def get_user_presence(user_id: int)"""
TWIN = "status = await UserStatus.objects.filter(user_id=user_id).afirst()"
LINE = "status = UserStatus.objects.filter(user_id=user_id).first()"
HEAD = "async def get_user_presence(user_id: int)"
RETURN = "return mark_messages(recipient_id, sender_id, up_to_id, status)"
FLAG = 'import os\n\nos.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"\n'


@pytest.fixture
async def lab(scratch):
    lab = Lab("02_online_status")
    yield lab
    await lab.close()


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (LINE, TWIN, "Solved"),
        (HEAD, SYNC, "Solved"),
        (
            LINE,
            TWIN.replace("await ", ""),
            "Not yet: messaging/async_handlers.py:.* 'coroutine' object has no attribute",
        ),
        (LINE, LINE + ")", r"Not yet: the server does not start. messaging/async_handlers.py:\d+: SyntaxError"),
        (HEAD, "@database_sync_to_async\n" + HEAD, "Not yet: the server does not start. .* sync functions"),
        (HEAD, HEAD.removeprefix("async "), "Not yet: messaging/.*SynchronousOnlyOperation"),
        (
            LINE,
            "status = None",
            r"Not yet: no error, but .*\n  it is: .*there: offline\n  should be: .*there: online",
        ),
        (HEAD, FLAG + HEAD, "Not yet: no error, but messaging/async_handlers.py:.* on the event loop thread"),
    ],
)
async def test_attempts_at_exercise_1(lab, capsys, before, after, says):
    lab.exercise(1)
    path = lab.root / "messaging/async_handlers.py"
    assert path.read_text().count(before) == 1
    path.write_text(path.read_text().replace(before, after))
    await lab.check(1)
    line = capsys.readouterr().out
    assert re.match(says, line), line
    assert "Traceback" not in line


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        (
            [("async def mark_messages_async", "@database_sync_to_async\ndef mark_messages_async")],
            "Solved",
        ),
        (
            [
                (
                    RETURN,
                    "return await database_sync_to_async(mark_messages)(recipient_id, sender_id, up_to_id, status)",
                )
            ],
            "Solved",
        ),
        (
            [
                ("def mark_messages(", "async def mark_messages("),
                (
                    "return behind.update(status=status, updated_at=timezone.now()) > 0",
                    "return await behind.aupdate(status=status, updated_at=timezone.now()) > 0",
                ),
                (RETURN, RETURN.replace("return", "return await")),
            ],
            r"Not yet: no error, but .*\n  it is: .* gets: a coroutine\n",
        ),
        (
            [(RETURN, "return True")],
            r"Not yet: no error, but .*\n  it is: .*stored: sent;",
        ),
        (
            [],
            r"Not yet: .*:\d+: .*, called from messaging/message_persistence_manager.py:\d+ \(return mark_message",
        ),
    ],
)
async def test_attempts_at_exercise_2(lab, capsys, edits, says):
    lab.exercise(2)
    path = lab.root / "messaging/message_persistence_manager.py"
    for before, after in edits:
        assert path.read_text().count(before) == 1
        path.write_text(path.read_text().replace(before, after))
    await lab.check(2)
    line = capsys.readouterr().out
    assert re.match(says, line), line


async def test_an_old_editor_tab_is_suspected(lab, capsys):
    lab.exercise(1)
    path = lab.root / "messaging/async_handlers.py"
    exercise = path.read_text()
    lab.reset()
    broken = path.read_text()
    lab.exercise(1)
    assert broken != exercise
    path.write_text(broken)
    await lab.check(1)
    assert "has an editor tab saved an older text" in capsys.readouterr().out


async def test_a_solution_is_shown_after_an_attempt_or_on_request(lab, capsys):
    lab.exercise(1)
    assert lab.solution(1) is None
    assert "Try it first" in capsys.readouterr().out
    assert "+@database_sync_to_async" in lab.solution(1, now=True).text()
    await lab.check(1)
    assert "-async def get_user_presence" in lab.solution(1).text()


def test_hints_go_from_gentle_to_plain(lab, capsys):
    for number in (1, 2, 3):
        lab.hint(1, number)
    assert len(set(capsys.readouterr().out.splitlines())) == 3


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"max_queries": 100, "max_hops": 100}, "Solved"),
        (
            {"max_queries": 0},
            r"Not yet: no error, but get_user_presence asks the database \d+ times, where 0 would do\.",
        ),
        (
            {"max_hops": 0},
            r"Not yet: no error, but get_user_presence goes to another thread \d+ times, where 0 would do\.",
        ),
    ],
)
async def test_an_exercise_may_limit_queries_and_hops(lab, limits, says):
    """In any number of calls, afirst() is at least one of each."""
    bug = lab.bugs[0]
    bug.exercises[0] = replace(bug.exercises[0], **limits)
    lab.exercise(1)
    path = lab.root / "messaging/async_handlers.py"
    path.write_text(path.read_text().replace(LINE, TWIN))
    verdict = await lab.judge(1)
    assert re.match(says, verdict.text), verdict.text


async def test_a_recorded_call_carries_its_statement(lab):
    lab.fix()
    async with await lab.serve() as site:
        await lab.bugs[0].action("reproduce")(site)
        await site.quiet()
        calls = [event for event in site.events("call") if "set_user_online_status" in event["functions"]]
    assert any(str(call["sql"]).startswith('INSERT INTO "messaging_connection"') for call in calls), calls
