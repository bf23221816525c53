"""The client that plays the browser: it gets what a user gets, also from a server that fails in the middle."""

import asyncio
import json

import pytest

from workshop import Lab
from workshop.client import Answer, add_messages, fetch, start_over

LINE = "        yield json.dumps("


@pytest.fixture
async def lab(scratch):
    lab = Lab()
    yield lab
    await lab.close()


def fail_in_the_stream(lab, after):
    """Let the download fail behind its first line, or before it."""
    path = lab.root / "messaging/live.py"
    text, wrong = path.read_text(), "        raise RuntimeError('in the middle')\n"
    assert LINE in text
    first, _line, rest = text.partition(LINE)
    line, rest = rest.split("\n", 1)
    path.write_text(f"{first}{LINE}{line}\n{wrong}{rest}" if after else f"{first}{wrong}{LINE}{line}\n{rest}")


async def test_a_whole_answer(lab):
    async with await lab.serve() as site:
        page = await fetch(site, "/download/", "ana")
        assert (page.status, page.is_whole) == (200, True)
        assert [json.loads(line)["id"] for line in page.text.splitlines()] == [1, 2, 3]
        assert await fetch(site, "/download/", "chloe") == Answer(200, "", True)
        assert (await fetch(site, "/chat/nobody/", "ana")).status == 404


async def test_more_messages_and_back(lab):
    async with await lab.serve() as site:
        for more in (2, 0):
            start_over(site)
            add_messages(site, more)
            page = await fetch(site, "/download/", "ana")
            lines = [json.loads(line) for line in page.text.splitlines()]
            assert [line["sender"] for line in lines] == ["ana", "ben", "ana"] + more * ["ana"]


async def test_an_answer_that_stops_in_the_middle(lab):
    fail_in_the_stream(lab, after=True)
    async with await lab.serve() as site:
        page = await fetch(site, "/download/", "ana")
        assert (page.status, page.is_whole) == (200, False)
        assert [json.loads(line)["id"] for line in page.text.splitlines()] == [1]
        assert (await site.failure()).message == "in the middle"


async def test_an_answer_of_which_nothing_comes(lab):
    fail_in_the_stream(lab, after=False)
    async with await lab.serve() as site:
        assert await fetch(site, "/download/", "ana") == Answer(None, "", False)


async def test_a_server_that_writes_no_further_failure_to_its_log_becomes_quiet(lab):
    """Daphne 4.2; once a second failure is logged, `blind` in workshop.server and lesson 06's words on it can go."""
    fail_in_the_stream(lab, after=False)
    async with await lab.serve() as site:
        for _time in range(2):
            await fetch(site, "/download/", "ana")
        async with asyncio.timeout(30):
            await site.quiet()
        assert site.log.count("Exception inside application") == 1
        assert [event["failed"] for event in site.events("ended")] == [True, True]
