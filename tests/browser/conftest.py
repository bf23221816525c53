"""LinkUp as shipped, running, and people who look at it in Chromium."""

import pytest
from playwright.async_api import expect

from pages import connection, watch
from workshop import Lab

expect.set_options(timeout=20_000)  # ms; enough on a machine that is busy with other things


@pytest.fixture
async def site(scratch):
    lab = Lab()
    async with await lab.serve() as site:
        yield site
    await lab.close()


@pytest.fixture
async def visit(browser, site):
    """Open a page as a user, each in a window of its own: page = await visit("ana", "chat/ben/").

    No page may have an error in its console, such as an exception or a breach of its Content-Security-Policy.
    """
    pages = []

    async def open_page(username, path="", at=site, context=None):
        context = context or await browser.new_context(viewport={"width": 700, "height": 600})
        name, _, value = at.login(username)["Cookie"].partition("=")
        await context.add_cookies([{"name": name, "value": value, "url": at.url}])
        page = await context.new_page()
        pages.append(watch(page))
        await page.goto(f"{at.url}{path}")
        return page

    yield open_page
    assert [error for page in pages for error in page.errors] == []


@pytest.fixture
async def chat(visit):
    """Open a chat and wait until the page knows all messages: ana = await chat("ana", "ben")."""

    async def open_chat(username, peer, **options):
        page = await visit(username, f"chat/{peer}/", **options)
        await expect(connection(page)).to_have_text("Connected")
        await page.caught_up.wait()
        return page

    return open_chat
