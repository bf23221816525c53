"""LinkUp as two people see it, in Chromium: broken, repaired, chatting."""

import asyncio
import json

import pytest
import websockets
from playwright.async_api import expect

from workshop import Lab


@pytest.fixture
async def lab(scratch):
    lab = Lab("02_online_status")
    yield lab
    await lab.close()


async def log_in(browser, site, username, peer):
    """Log in through the login page, in a window of its own, and open a chat."""
    context = await browser.new_context(viewport={"width": 700, "height": 600})
    page = await context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    await page.goto(f"{site.url}chat/{peer}/")
    await page.get_by_label("Username").fill(username)
    await page.get_by_label("Password").fill(site.password)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(peer)
    return page


async def send(page, content):
    await page.get_by_label("Message", exact=True).fill(content)
    await page.get_by_role("button", name="Send").click()


def message(page, content):
    return page.get_by_role("listitem").filter(has_text=content)


async def test_two_people_chat(lab, browser):
    lab.fix()
    async with await lab.serve() as site:
        ana, ben = await asyncio.gather(log_in(browser, site, "ana", "ben"), log_in(browser, site, "ben", "ana"))
        for page in (ana, ben):
            await expect(page.locator("#connection")).to_have_text("Connected")
            await expect(page.locator("#presence")).to_have_text("online")
            await expect(message(page, "Row F is fine.")).to_be_visible()
        await send(ana, "Running late <b>")
        await expect(message(ben, "Running late <b>")).to_be_visible()
        await expect(message(ana, "Running late <b>")).to_contain_text("delivered")
        await send(ben, "I keep your seat")
        await expect(message(ana, "I keep your seat")).to_be_visible()
        await ana.close()
        await expect(ben.locator("#presence")).to_have_text("offline")
        assert ana.errors == ben.errors == []
        await ben.close()
        assert await site.failure() is None


async def test_nobody_replaces_a_message_of_another(lab, browser):
    """Ben is told Ana's client_id, and sends with the same one."""
    lab.fix()
    async with await lab.serve() as site:
        ana = await log_in(browser, site, "ana", "ben")
        await expect(ana.locator("#connection")).to_have_text("Connected")
        async with websockets.connect(site.ws("/ws/chat/ana/"), additional_headers=site.login("ben")) as ben:
            await send(ana, "I will pay you 100")
            while (frame := json.loads(await ben.recv()))["type"] != "message":
                pass
            copied = {"type": "message", "client_id": frame["message"]["client_id"], "content": "I will pay you 900"}
            await ben.send(json.dumps(copied))
            await expect(message(ana, "I will pay you 900")).to_be_visible()
            await expect(message(ana, "I will pay you 100")).to_be_visible()


async def test_nothing_is_lost_between_page_and_socket(lab, browser):
    """The socket opens late: what Ben sends and what Ana types before that is there afterwards, in order."""
    lab.fix()
    async with await lab.serve() as site:
        ana = await log_in(browser, site, "ana", "ben")
        opened = asyncio.Event()

        async def late(route):
            await opened.wait()
            route.connect_to_server()

        await ana.route_web_socket("**/ws/chat/**", late)
        await ana.reload()
        await expect(ana.locator("#connection")).to_have_text("Connecting")
        async with websockets.connect(site.ws("/ws/chat/ana/"), additional_headers=site.login("ben")) as ben:
            client_id = "6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b55"
            await ben.send(json.dumps({"type": "message", "client_id": client_id, "content": "From Ben"}))
            while json.loads(await ben.recv())["type"] != "message":
                pass
            await send(ana, "From Ana")
            await expect(message(ana, "From Ana")).to_contain_text("sending")
            opened.set()
            await expect(message(ana, "From Ana")).to_contain_text("delivered")
        texts = await ana.get_by_role("listitem").locator("span").all_inner_texts()
        assert texts[-2:] == ["From Ben", "From Ana"]


async def test_the_bug_as_its_users_see_it_and_the_repair(lab, browser):
    async with await lab.serve() as site:
        page = await log_in(browser, site, "ana", "ben")
        await expect(page.locator("#connection")).to_have_text("Disconnected (code 1011)")
        await send(page, "Is this thing on?")
        await expect(message(page, "Is this thing on?")).to_contain_text("not sent")
        await expect(page.locator("#presence")).to_be_empty()
        await page.close()
        assert (await site.failure()).name == "SynchronousOnlyOperation"
        assert site.rows("SELECT count(*) FROM messaging_message WHERE content = 'Is this thing on?'") == [(0,)]

    lab.fix()
    async with await lab.serve() as site:
        ana, ben = await asyncio.gather(log_in(browser, site, "ana", "ben"), log_in(browser, site, "ben", "ana"))
        await expect(ana.locator("#connection")).to_have_text("Connected")
        await expect(ben.locator("#connection")).to_have_text("Connected")
        await send(ana, "Is this thing on?")
        await expect(message(ben, "Is this thing on?")).to_be_visible()


async def test_a_server_that_went_away_is_told_and_reconnect_works(lab, browser):
    lab.fix()
    site = await lab.serve()
    page = await log_in(browser, site, "ana", "ben")
    await expect(page.locator("#connection")).to_have_text("Connected")
    await site.stop()
    await expect(page.locator("#connection")).to_contain_text("Disconnected")
    await send(page, "Into the void")
    await expect(message(page, "Into the void")).to_contain_text("not sent")
    await expect(page.get_by_role("button", name="Reconnect")).to_be_visible()


async def test_the_page_fits_a_small_screen(lab, browser):
    lab.fix()
    async with await lab.serve() as site:
        page = await log_in(browser, site, "ana", "ben")
        await page.set_viewport_size({"width": 360, "height": 640})
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360
