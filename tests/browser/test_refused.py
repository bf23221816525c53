"""Bug 08 as the users of LinkUp see it: what a browser is told of a refused handshake, and of a swallowed error."""

import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from pages import connection
from workshop import Lab

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's
LOGGED_OUT = "Disconnected (code 4401). You have been logged out."


@pytest_asyncio.fixture(loop_scope="session")
async def lab(scratch):
    lab = Lab("08_channels_own_traps")
    yield lab
    await lab.close()


async def test_a_page_learns_no_status_of_a_refused_socket_and_the_console_does(lab, visit):
    async with await lab.serve() as site:
        page = await visit("ana", "chat/ben/", at=site)
        await expect(connection(page)).to_have_text(re.compile(r"^Disconnected \(code 1006\)\. Reconnecting in \d+ s$"))
        assert {error.rpartition(": ")[2] for error in page.errors} == {"500"}
        await page.close()
        page.errors.clear()  # none of the page's own


async def test_who_is_logged_in_is_sent_to_the_login_and_back_again(lab, visit):
    lab.apply("2_everybody_a_visitor")
    async with await lab.serve() as site:
        page = await visit("ana", "chat/ben/", at=site)
        await expect(connection(page)).to_have_text(LOGGED_OUT)
        await page.get_by_role("link", name="Log in").click()
        await page.wait_for_url("**/chat/ben/")
        await expect(connection(page)).to_have_text(LOGGED_OUT)
        await page.close()
