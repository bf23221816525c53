"""A connection that breaks: what the page says, when it comes back, and that nothing is lost or doubled by it."""

import asyncio
import json
import re

import pytest
from playwright.async_api import expect

from pages import connection, message, send, socket, state, stop_clock, texts

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's

FINAL = {
    4400: ("This page is older than the server.", "Reload the page", "/chat/ben/"),
    4401: ("You have been logged out.", "Log in", "/login/?next=/chat/ben/"),
    4404: ("ben is not here any more.", "Back to your chats", "/"),
    4429: ("This page sent too much at once.", "Reload the page", "/chat/ben/"),
}


async def test_messages_written_while_the_server_is_dead_arrive_once_and_in_order(mortal, chat):
    ana, ben = await chat("ana", "ben", at=mortal), await chat("ben", "ana", at=mortal)
    await send(ana, "Before")
    await expect(message(ben, "Before")).to_be_visible()
    mortal.kill()
    written = [f"Written {n}" for n in range(1, 8)]
    for page in (ana, ben):
        await expect(connection(page)).to_contain_text("Disconnected (code 1006). Reconnecting in")
        await expect(page.locator("#presence")).to_be_empty()
    for content in written:
        await send(ana, content)
        await expect(state(ana, content)).to_have_text("not sent yet")
    mortal.start()
    for content in written:
        await expect(state(ana, content)).to_have_text("read", timeout=30_000)
    assert (await texts(ben))[-8:] == (await texts(ana))[-8:] == ["Before", *written]
    assert await ana.evaluate("sessionStorage.length") == 0


async def test_a_reload_keeps_what_was_not_sent(mortal, chat):
    ana = await chat("ana", "ben", at=mortal)
    mortal.kill()
    await expect(connection(ana)).to_contain_text("Disconnected")
    await send(ana, "First")
    await send(ana, "Second")
    mortal.start()
    await ana.reload()
    await expect(state(ana, "Second")).to_have_text("sent")
    assert (await texts(ana))[-2:] == ["First", "Second"]
    await ana.reload()
    await expect(connection(ana)).to_have_text("Connected")
    assert (await texts(ana))[-2:] == ["First", "Second"]


async def test_another_user_of_the_tab_does_not_send_it(mortal, chat, browser):
    context = await browser.new_context()
    ana = await chat("ana", "ben", at=mortal, context=context)
    mortal.kill()
    await expect(connection(ana)).to_contain_text("Disconnected")
    await send(ana, "Only Ana says this")
    mortal.start()
    cookie = mortal.login("chloe")["Cookie"].partition("=")[2]
    await context.add_cookies([{"name": "sessionid", "value": cookie, "url": mortal.url}])
    await ana.goto(f"{mortal.url}chat/ben/")
    await expect(connection(ana)).to_have_text("Connected")
    await expect(message(ana, "Only Ana says this")).to_have_count(0)


async def test_the_attempts_become_rarer_and_can_be_hastened(mortal, visit):
    ana = await visit("ana", at=mortal)
    await stop_clock(ana)
    await ana.goto(f"{mortal.url}chat/ben/")
    await expect(connection(ana)).to_have_text("Connected")
    await ana.evaluate("Math.random = () => 0.999")
    attempts = []
    ana.on("websocket", lambda ws: attempts.append(ws.url))
    mortal.kill()
    for seconds in (2, 3, 5, 9, 17, 30, 30):
        await expect(connection(ana)).to_contain_text(f"Reconnecting in {seconds} s")
        await ana.clock.run_for(seconds * 1000)
    await expect(connection(ana)).to_contain_text("Reconnecting in 30 s")
    assert len(attempts) == 7
    await ana.clock.run_for(5_000)
    await expect(connection(ana)).to_contain_text("Reconnecting in 25 s")
    # What a screen reader reads out by itself does not count.
    await expect(connection(ana).get_by_role("status")).to_have_text("Disconnected (code 1006).")
    await ana.get_by_role("button", name="Reconnect now").click()
    await expect(connection(ana)).to_contain_text("Reconnecting in 30 s")
    assert len(attempts) == 8
    mortal.start()
    await ana.evaluate("window.dispatchEvent(new Event('online'))")
    await expect(connection(ana)).to_have_text("Connected")


async def test_a_half_open_connection_is_noticed(visit, site):
    """The network swallows what the page sends, and the socket stays open."""
    ana = await visit("ana")
    await stop_clock(ana)
    swallowed = []

    def network(ws):
        server = ws.connect_to_server()
        first = not swallowed

        def pass_on(text):
            if first and json.loads(text)["type"] == "message":
                swallowed.append(text)
            else:
                server.send(text)

        ws.on_message(pass_on)

    await ana.route_web_socket("**/ws/chat/**", network)
    await ana.goto(f"{site.url}chat/ben/")
    await expect(connection(ana)).to_have_text("Connected")
    await send(ana, "Into the void")
    await send(ana, "And another one")
    await expect(state(ana, "Into the void")).to_have_text("sending")
    await ana.clock.fast_forward(10_000)
    await expect(connection(ana)).to_contain_text("Disconnected (no answer). Reconnecting in")
    await ana.get_by_role("button", name="Reconnect now").click()
    await expect(state(ana, "And another one")).to_have_text("sent")
    assert (await texts(ana))[-2:] == ["Into the void", "And another one"]
    assert len(swallowed) == 1


async def test_a_network_that_is_back_is_asked_whether_it_is_the_same(visit, site):
    """The socket is open, but what it is open to is gone; nobody has written anything."""
    ana = await visit("ana")
    await stop_clock(ana)
    dead = asyncio.Event()

    def network(ws):
        server = ws.connect_to_server()
        ws.on_message(lambda text: None if dead.is_set() else server.send(text))

    await ana.route_web_socket("**/ws/chat/**", network)
    await ana.goto(f"{site.url}chat/ben/")
    await expect(connection(ana)).to_have_text("Connected")
    await send(ana, "Hello")
    await expect(state(ana, "Hello")).to_have_text("sent")  # and everything before it is answered
    await ana.clock.fast_forward(60_000)
    await expect(connection(ana)).to_have_text("Connected")
    dead.set()
    await ana.evaluate("window.dispatchEvent(new Event('online'))")
    await ana.clock.fast_forward(10_000)
    await expect(connection(ana)).to_contain_text("Disconnected (no answer). Reconnecting in")


async def test_a_server_that_never_lets_one_in_is_left(visit):
    page = await visit("ana")
    await stop_clock(page)
    await page.route_web_socket("**/ws/chat/**", lambda ws: None)
    await page.goto(f"{page.url}chat/ben/")
    await expect(connection(page)).to_have_text("Connecting")
    await page.clock.fast_forward(10_000)
    await expect(connection(page)).to_contain_text("Disconnected (no answer). Reconnecting in")


async def test_a_receipt_that_was_lost_doubles_nothing(visit, chat, site):
    """Ana's message is stored, and the connection breaks before she is told."""
    ben = await chat("ben", "ana")
    ana = await visit("ana")
    lost = []

    def network(ws):
        server = ws.connect_to_server()

        async def pass_back(text):
            if not lost and json.loads(text)["type"] == "message":
                lost.append(text)
                await ws.close(code=1012)
            elif not lost or server is not first[0]:
                ws.send(text)

        first.append(server)
        server.on_message(pass_back)

    first = []
    await ana.route_web_socket("**/ws/chat/**", network)
    await stop_clock(ana)
    await ana.goto(f"{site.url}chat/ben/")
    await expect(connection(ana)).to_have_text("Connected")
    await send(ana, "Once")
    await expect(connection(ana)).to_contain_text("Disconnected (code 1012). Reconnecting in")
    await expect(state(ana, "Once")).to_have_text("not sent yet")
    await ana.get_by_role("button", name="Reconnect now").click()
    await expect(state(ana, "Once")).to_have_text("read")
    await expect(message(ana, "Once")).to_have_count(1)
    await expect(message(ben, "Once")).to_have_count(1)
    assert site.rows("SELECT count(*) FROM messaging_message WHERE content = 'Once'") == [(1,)]


async def test_a_page_that_sends_too_fast_waits_and_loses_nothing(visit, site):
    """Other frames have used up what the server takes at once when Ana's message comes."""
    ana = await visit("ana")
    others, answers = ["no JSON"] * 200, []

    def network(ws):
        server = ws.connect_to_server()

        def answer(text):
            answers.append(text)
            ws.send(text)

        server.on_message(answer)

        def pass_on(text):
            while "First" in text and others:
                server.send(others.pop())
            server.send(text)

        ws.on_message(pass_on)

    await ana.route_web_socket("**/ws/chat/**", network)
    await ana.goto(f"{site.url}chat/ben/")
    await expect(connection(ana)).to_have_text("Connected")
    await send(ana, "First")
    await send(ana, "Second")
    await expect(state(ana, "Second")).to_have_text("sent", timeout=30_000)
    assert (await texts(ana))[-2:] == ["First", "Second"]
    assert any('"code": "too_fast"' in text for text in answers)


async def test_a_database_that_is_away_for_a_moment_loses_nothing(visit, site):
    """The server says `unavailable` once, with the message on its way."""
    ana = await visit("ana")
    refused = []

    def network(ws):
        server = ws.connect_to_server()

        def pass_on(text):
            frame = json.loads(text)
            if frame["type"] == "message" and not refused:
                refused.append(frame["content"])
                error = {"type": "error", "code": "unavailable", "detail": "The database does not answer."}
                ws.send(json.dumps(error | {"client_id": frame["client_id"], "failure_id": "3f2a"}))
            else:
                server.send(text)

        ws.on_message(pass_on)

    await ana.route_web_socket("**/ws/chat/**", network)
    await stop_clock(ana)
    await ana.goto(f"{site.url}chat/ben/")
    await expect(connection(ana)).to_have_text("Connected")
    await send(ana, "First")
    await expect(ana.get_by_role("alert")).to_have_text("The database does not answer. Failure 3f2a.")
    await send(ana, "Second")
    await expect(state(ana, "First")).to_have_text("sending")
    await ana.clock.fast_forward(2_000)
    await expect(state(ana, "Second")).to_have_text("sent")
    assert (await texts(ana))[-2:] == ["First", "Second"]
    assert refused == ["First"]


async def test_the_page_asks_for_its_version_of_the_protocol(visit, site):
    page = await visit("ana")
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Network.enable")
    answers = asyncio.Queue()
    devtools.on("Network.webSocketHandshakeResponseReceived", answers.put_nowait)
    await page.goto(f"{site.url}chat/ben/")
    headers = (await answers.get())["response"]["headers"]
    assert {name.lower(): value for name, value in headers.items()}["sec-websocket-protocol"] == "linkup.v1"


@pytest.mark.parametrize("code", [1001, 1006, 1011, 1012, 1013])
async def test_after_these_codes_the_page_comes_back(visit, code):
    page = await visit("ana")

    async def close(ws):
        await ws.close(code=code)

    await page.route_web_socket("**/ws/chat/**", close)
    await page.goto(f"{page.url}chat/ben/")
    await expect(connection(page)).to_have_text(re.compile(rf"^Disconnected \(code {code}\)\. Reconnecting in \d+ s$"))
    await expect(page.get_by_role("button", name="Reconnect now")).to_be_visible()


@pytest.mark.parametrize("code", FINAL)
async def test_after_these_codes_it_does_not(visit, code):
    page = await visit("ana")
    await stop_clock(page)
    attempts = []

    async def close(ws):
        attempts.append(ws.url)
        await ws.close(code=code)

    await page.route_web_socket("**/ws/chat/**", close)
    await page.goto(f"{page.url}chat/ben/")
    text, label, address = FINAL[code]
    await expect(connection(page)).to_contain_text(f"Disconnected (code {code}). {text}")
    await expect(page.get_by_role("main").get_by_role("link")).to_have_attribute("href", address)
    await expect(page.get_by_role("link", name=label)).to_be_visible()
    await expect(page.get_by_role("button", name="Reconnect now")).to_be_hidden()
    await page.clock.run_for(60_000)
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    assert len(attempts) == 1


async def test_logging_out_elsewhere_ends_the_chat_and_logging_in_again_sends_what_was_written(chat, browser, site):
    context = await browser.new_context()
    ana = await chat("ana", "ben", context=context)
    other = await chat("ana", "chloe", context=context)
    await other.get_by_role("button", name="Log out").click()
    await expect(connection(ana)).to_have_text("Disconnected (code 4401). You have been logged out.")
    await send(ana, "One more thing")
    await expect(state(ana, "One more thing")).to_have_text("not sent yet")
    await ana.get_by_role("link", name="Log in").click()
    await ana.get_by_label("Username").fill("ana")
    await ana.get_by_label("Password").fill(site.password)
    await ana.get_by_role("button", name="Log in").click()
    await expect(state(ana, "One more thing")).to_have_text("sent")


async def test_nothing_is_lost_between_page_and_socket(visit, site):
    """The socket opens late: what Ben sends and what Ana types before that is there afterwards, in order."""
    ana = await visit("ana")
    opened = asyncio.Event()

    async def late(route):
        await opened.wait()
        route.connect_to_server()

    await ana.route_web_socket("**/ws/chat/**", late)
    await ana.goto(f"{site.url}chat/ben/")
    await expect(connection(ana)).to_have_text("Connecting")
    async with socket(site, "ben", "ana") as ben:
        client_id = "6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b55"
        await ben.send(json.dumps({"type": "message", "client_id": client_id, "content": "From Ben"}))
        while json.loads(await ben.recv())["type"] != "message":
            pass
        await send(ana, "From Ana")
        await expect(state(ana, "From Ana")).to_have_text("sending")
        opened.set()
        await expect(state(ana, "From Ana")).to_have_text("delivered")
    assert (await texts(ana))[-2:] == ["From Ben", "From Ana"]
