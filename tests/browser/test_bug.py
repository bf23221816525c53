"""Bugs 02 and 08 as the users of LinkUp see them."""

import asyncio
import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from pages import connection, message, send
from workshop import Lab

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's
LOGGED_OUT = "Disconnected (code 4401). You have been logged out."


@pytest_asyncio.fixture(loop_scope="session")
async def lab(request, scratch):
    lab = Lab(request.param)
    yield lab
    await lab.close()


@pytest.mark.parametrize("lab", ["02_online_status"], indirect=True)
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


@pytest.mark.parametrize("lab", ["08_channels_own_traps"], indirect=True)
async def test_a_page_learns_no_status_of_a_refused_socket_and_the_console_does(lab, visit):
    async with await lab.serve() as site:
        page = await visit("ana", "chat/ben/", at=site)
        await expect(connection(page)).to_have_text(re.compile(r"^Disconnected \(code 1006\)\. Reconnecting in \d+ s$"))
        assert {error.rpartition(": ")[2] for error in page.errors} == {"500"}
        await page.close()
        page.errors.clear()  # none of the page's own


@pytest.mark.parametrize("lab", ["08_channels_own_traps"], indirect=True)
async def test_who_is_logged_in_is_sent_to_the_login_and_back_again(lab, visit):
    lab.apply("2_everybody_a_visitor")
    async with await lab.serve() as site:
        page = await visit("ana", "chat/ben/", at=site)
        await expect(connection(page)).to_have_text(LOGGED_OUT)
        await page.get_by_role("link", name="Log in").click()
        await page.wait_for_url("**/chat/ben/")
        await expect(connection(page)).to_have_text(LOGGED_OUT)
        await page.close()
