"""What counts as a blocked event loop, and what does not although it looks like one."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from workshop.server import waits
from workshop.server.waits import blocking_calls, settled_loop, takes_its_turn

SLEEP, WAIT = time.sleep, threading.Condition.wait


@pytest.fixture
def noticed():
    calls = []
    with blocking_calls(calls.append):
        yield calls
    assert (time.sleep, threading.Condition.wait) == (SLEEP, WAIT)


async def test_sleeping_on_the_loop_is_noticed(noticed):
    time.sleep(0.001)
    assert noticed == ["time.sleep"]


async def test_waiting_for_a_thread_on_the_loop_is_noticed(noticed):
    threading.Event().wait(0.001)
    assert noticed == ["another thread"]


async def test_starting_threads_and_awaiting_them_is_not(noticed):
    """Thread.start waits until the thread runs, and an executor looks for an idle one with a timeout of 0."""
    with ThreadPoolExecutor(2) as pool:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*[loop.run_in_executor(pool, time.sleep, 0.001) for _ in range(10)])
    time.sleep(0)
    assert noticed == []


async def test_who_is_told_of_the_begin_is_told_of_the_end():
    told = []

    def notice(call):
        told.append(call)
        return lambda: told.append("goes on")

    with blocking_calls(notice):
        time.sleep(0.001)
        threading.Event().wait(0.001)
    assert told == ["time.sleep", "goes on", "another thread", "goes on"]


async def test_a_loop_is_settled_when_it_serves_others_or_is_put_to_sleep(noticed):
    awaited = settled_loop()
    assert not awaited.is_set()
    await asyncio.sleep(0)
    assert awaited.is_set()
    asleep = settled_loop()
    time.sleep(0.001)
    assert asleep.is_set()


def test_sleeping_where_no_loop_is_running_is_not(noticed):
    time.sleep(0.001)
    threading.Event().wait(0.001)
    assert noticed == []


async def test_a_free_loop_takes_its_turn_and_a_blocked_one_does_not(monkeypatch):
    monkeypatch.setattr(waits, "TURN", 0.01)
    assert await asyncio.to_thread(takes_its_turn, asyncio.get_running_loop())
    with ThreadPoolExecutor(1) as pool:
        assert not pool.submit(takes_its_turn, asyncio.get_running_loop()).result()


def test_a_closed_loop_has_nobody_to_serve():
    loop = asyncio.new_event_loop()
    loop.close()
    assert takes_its_turn(loop)
