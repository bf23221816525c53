"""Bug 02 as the users of LinkUp see it."""

import asyncio
import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from pages import connection, message, send
from workshop import Lab

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's


@pytest_asyncio.fixture(loop_scope="session")
async def lab(scratch):
    lab = Lab("02_online_status")
    yield lab
    await lab.close()


async def test_the_bug_as_its_users_see_it_and_the_repair(lab, visit):
    async with await lab.serve() as site:
        page = await visit("ana", "chat/ben/", at=site)
        await expect(connection(page)).to_have_text(re.compile(r"^Disconnected \(code 1011\)\. Reconnecting in \d+ s$"))
        await send(page, "Is this thing on?")
        await expect(message(page, "Is this thing on?")).to_contain_text("not sent")
        await expect(page.locator("#presence")).to_be_empty()
        await page.close()
        assert (await site.failure()).name == "SynchronousOnlyOperation"
        assert site.rows("SELECT count(*) FROM messaging_message WHERE content = 'Is this thing on?'") == [(0,)]

    lab.fix()
    async with await lab.serve() as site:
        ana, ben = await asyncio.gather(visit("ana", "chat/ben/", at=site), visit("ben", "chat/ana/", at=site))
        await expect(connection(ana)).to_have_text("Connected")
        await expect(connection(ben)).to_have_text("Connected")
        await send(ana, "Is this thing on?")
        await expect(message(ben, "Is this thing on?")).to_be_visible()
