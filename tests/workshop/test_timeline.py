"""The timeline tells order and overlap, and the same of every run in which the same things overlap."""

import asyncio
import json
import re
import xml.etree.ElementTree as ET

import pytest
import websockets

from workshop import Lab
from workshop.picture import WAIT
from workshop.spans import columns, listed, svg_of
from workshop.timeline import spans_of, unfinished


def shown(events, *functions):
    return columns(spans_of(events, functions))


def hop(number, turn=1, name="save"):
    return {"event": "hop", "hop": number, "functions": ["join"], "work": name, "label": f"{name}(…)", "turn": turn}


def work(number, state, thread=7):
    return {"event": "work", "hop": number, "state": state, "thread": "worker", "number": thread}


def asked(number):
    return {"event": "asked", "call": number}


def call(number, source="Seat.objects.get(…)", turn=1, outcome="ok"):
    where = {"file": "f.py", "line": number, "function": "join", "call": source}
    about = {"where": where, "functions": ["join"], "thread": "event loop", "number": 0, "loop": True, "hop": None}
    return {"event": "call", "call": number, "outcome": outcome, "sql": "SELECT", "turn": turn, **about}


def mark(who, what, good=None):
    return {"event": "mark", "who": who, "what": what, "good": good}


OPENED = {"event": "mark", "who": "another process", "what": "holds the lock", "state": "opened", "key": 0}
CLOSED = {"event": "mark", "state": "closed", "key": 0}
HOLDUP = {"event": "holdup", "number": 0, "state": "begun", "label": "pool.submit(save).result()"}
GOES_ON = {"event": "holdup", "number": 0, "state": "ended"}
HELD_UP = [OPENED, asked(1), mark("Ben", "pings"), mark("Ben", "no answer", False), CLOSED, call(1)]
FREE = [OPENED, hop(1), work(1, "begun"), mark("Ben", "pings"), mark("Ben", "answered", True), CLOSED, work(1, "ended")]


def test_a_ping_without_an_answer_while_the_loop_is_held_up():
    assert listed(shown(HELD_UP)).splitlines() == [
        "                  1   2   3   4   5   6",
        "another process   [===============]",
        "Ben                       |   ✗",
        "event loop            [###############]",
        "1. another process: holds the lock",
        "2. event loop is held up by Seat.objects.get(…) (⚠ everybody waits)",
        "3. Ben: pings",
        "4. Ben: ✗ no answer",
        "5. another process: lets it go",
        "6. event loop is free again",
    ]
    assert WAIT.fill in svg_of(shown(HELD_UP))


def test_a_ping_that_is_answered_while_a_thread_waits():
    assert listed(shown(FREE)).splitlines() == [
        "                  1   2   3   4   5   6",
        "another process   [===============]",
        "Ben                       |   ✓",
        "event loop",
        "worker                [===============]",
        "1. another process: holds the lock",
        "2. event loop hands save(…) to the worker thread",
        "3. Ben: pings",
        "4. Ben: ✓ answered",
        "5. another process: lets it go",
        "6. worker ends save(…)",
    ]
    svg = svg_of(shown(FREE))
    assert "marker-end" in svg
    assert WAIT.fill not in svg


def test_a_loop_that_waits_for_a_thread_is_held_up_whichever_functions_are_named():
    events = [hop(1), HOLDUP, work(1, "begun"), mark("Ben", "pings"), mark("Ben", "no answer", False)]
    assert unfinished(events) == {("hop", 1), ("holdup", 0)}
    ended = [*events, work(1, "ended"), GOES_ON]
    assert unfinished(ended) == set()
    assert listed(shown(ended, "save")) == listed(shown([*events, GOES_ON, work(1, "ended")], "save"))
    assert listed(shown(ended, "save")).splitlines() == [
        "             1   2   3   4",
        "Ben              |   ✗",
        "event loop   [###########]",
        "worker       [===========]",
        "1. event loop is held up by pool.submit(save).result() (⚠ everybody waits); "
        "event loop hands save(…) to the worker thread",
        "2. Ben: pings",
        "3. Ben: ✗ no answer",
        "4. event loop is free again; worker ends save(…)",
    ]
    assert [span.label for span in shown(ended, "other")] == ["pool.submit(save).result()", "pings", "✗ no answer"]


def test_the_picture_says_what_the_text_says():
    for events in (HELD_UP, FREE, [HOLDUP, *HELD_UP, GOES_ON]):
        drawn = " ".join(ET.fromstring(svg_of(shown(events))).itertext())
        for span in shown(events):
            assert span.lane in drawn
            assert span.label in drawn


def test_hops_of_one_turn_are_asked_for_at_once_and_done_one_by_one():
    first = [hop(1), hop(2), work(1, "begun"), work(1, "ended"), work(2, "begun"), work(2, "ended")]
    second = [hop(1), work(1, "begun"), hop(2), work(1, "ended"), work(2, "begun"), work(2, "ended")]
    assert listed(shown(first)) == listed(shown(second))
    assert listed(shown(first)).splitlines() == [
        "             1   2   3   4",
        "event loop",
        "worker       [===]···[===]",
        "1. event loop hands save(…) to the worker thread; event loop hands save(…) to the worker thread",
        "2. worker ends save(…)",
        "3. worker begins save(…)",
        "4. worker ends save(…)",
    ]


def test_two_threads_that_overlap_look_the_same_whoever_is_faster():
    def run(*order):
        return [hop(1, 1), hop(2, 2), *(work(number, state, thread=number) for number, state in order)]

    one = run((1, "begun"), (2, "begun"), (1, "ended"), (2, "ended"))
    other = run((2, "begun"), (1, "begun"), (2, "ended"), (1, "ended"))
    assert listed(shown(one)) == listed(shown(other))
    assert svg_of(shown(one)) == svg_of(shown(other))
    apart = run((1, "begun"), (1, "ended"), (2, "begun"), (2, "ended"))
    assert listed(shown(apart)) != listed(shown(one))


def test_only_the_functions_that_are_named_are_shown():
    events = [hop(1), work(1, "begun"), work(1, "ended"), hop(2, 2, "other"), work(2, "begun"), work(2, "ended")]
    assert [span.label for span in shown(events, "other")] == ["other(…)"]
    assert [span.label for span in shown(events, "join")] == ["save(…)", "other(…)"]
    assert listed(shown(events, "nothing")) == "Nothing of that happened while the timeline was recorded."


def test_what_begins_after_the_last_mark_is_left_out_and_what_has_begun_is_waited_for():
    begun = [hop(1), work(1, "begun"), mark("Ben", "pings"), hop(2, 2)]
    assert unfinished(begun) == {("hop", 1)}
    assert unfinished([*begun, work(1, "ended")]) == set()
    assert [span.label for span in shown([*begun, work(1, "ended"), work(2, "begun"), work(2, "ended")])] == [
        "save(…)",
        "pings",
    ]


async def open_chat(site, who, peer):
    async with websockets.connect(site.ws(f"/ws/chat/{peer}/"), additional_headers=site.login(who)) as chat:
        assert json.loads(await chat.recv())["type"] == "presence"


async def ping_while_ana_waits(site):
    async with websockets.connect(site.ws("/ws/chat/ana/"), additional_headers=site.login("ben")) as ben:
        await ben.recv()
        async with site.timeline("set_user_online_status") as line:
            with site.locked_database():
                ana = asyncio.create_task(open_chat(site, "ana", "ben"))
                await site.waiting_for_database()
                await line.ping("Ben", ben, seconds=1)
            await ana
    return line


@pytest.mark.parametrize(
    ("step", "lanes", "says"),
    [
        ("2_guard_switched_off", ["another process", "Ben", "event loop"], "4. Ben: ✗ no answer"),
        (None, ["another process", "Ben", "event loop", "worker"], "4. Ben: ✓ answered"),
    ],
)
async def test_two_runs_of_the_real_server_show_the_same(scratch, step, lanes, says):
    lab = Lab("02_online_status")
    if step:
        lab.apply(step)
    else:
        lab.fix()
    async with await lab.serve() as site:
        one, other = await ping_while_ana_waits(site), await ping_while_ana_waits(site)
    await lab.close()
    assert one._repr_mimebundle_() == other._repr_mimebundle_()
    assert re.findall(r"^([a-zA-Z]+(?: [a-z]+)?)(?:  |$)", one.text(), re.M) == lanes
    assert says in one.text()
    assert not re.search(r"\d\.\d|seconds", one.text())
