"""The check of lesson 00: right answers in several ways, and wrong ones that return the right list."""

import json
import os
import subprocess
import sys

import pytest

from workshop.scratch import NOTEBOOKS

LESSON = """
import asyncio, json, os, sys, time
from concurrent.futures import ThreadPoolExecutor
from asgiref.sync import sync_to_async
from workshop import start_django, try_it

User = start_django()
BY_NAME = User.objects.order_by("username")


def read():
    return [user.username for user in BY_NAME.all()]


async def main():
    for before, answer in json.load(sys.stdin):
        scope = globals() | {"before": await sync_to_async(read)()}
        exec(before, scope)
        exec(f"async def usernames():\\n    {answer}", scope)
        await try_it(scope["usernames"], ["ana", "ben", "chloe"])
        assert "DJANGO_ALLOW_ASYNC_UNSAFE" not in os.environ
        assert await sync_to_async(read)() == ["ana", "ben", "chloe"], "the names are as they were"


asyncio.run(main())
"""
UNSAFE = 'os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"'
RIGHT = {
    "async for": "return [user.username async for user in BY_NAME.all()]",
    "a function in a thread": "return await sync_to_async(read)()",
    "values": 'return [name async for name in BY_NAME.values_list("username", flat=True)]',
    "list in a thread": 'return await sync_to_async(list)(BY_NAME.values_list("username", flat=True))',
}
WRONG = {
    "a list": ('return ["ana", "ben", "chloe"]', "have got other names"),
    "a list from before": ("return before", "have got other names"),
    "a list, after a query": ('await User.objects.acount(); return ["ana", "ben", "chloe"]', "have got other names"),
    "the guard off": (f"{UNSAFE}; return read()", "switches the guard off"),
    "the guard off for a moment": (
        f'{UNSAFE}; names = read(); del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]; return names',
        "runs on the event loop thread",
    ),
    "result() on the loop": ("return ThreadPoolExecutor(1).submit(read).result()", "the event loop stands still"),
    "a loop that asks": (
        "asked = ThreadPoolExecutor(1).submit(read)\n    while not asked.done(): time.sleep(0.01)\n"
        "    return asked.result()",
        "the event loop stands still",
    ),
    "sleep": ("time.sleep(0.1); return await sync_to_async(read)()", "the event loop stands still"),
    "not awaited": ("return sync_to_async(read)()", "it returned <coroutine"),
    "the order of the rows, which is right by luck": (
        'return [user.username async for user in User.objects.order_by("pk")]',
        "have got other names",
    ),
    "another order": ("return (await sync_to_async(read)())[::-1]", "it returned ['chloe'"),
}


@pytest.fixture(scope="module")
def said():
    """What the check says to each answer; one kernel hears them all, so that none may spoil it for the next."""
    asked = {name: ("", answer) for name, answer in RIGHT.items()}
    asked |= {name: ("", answer) for name, (answer, _says) in WRONG.items()}
    asked["the guard was off before"] = (UNSAFE, RIGHT["async for"])
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command, tried = [sys.executable, "-W", "ignore", "-c", LESSON], json.dumps(list(asked.values()))
    done = subprocess.run(command, cwd=NOTEBOOKS, env=environ, input=tried, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(zip(asked, done.stdout.splitlines(), strict=True))


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_solves_it(said, name):
    assert said[name] == "Solved."


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_told_what_others_would_notice(said, name):
    assert said[name].startswith("Not yet: ")
    assert WRONG[name][1] in said[name]


def test_the_guard_that_was_off_before(said):
    assert "switches the guard off" in said["the guard was off before"]
