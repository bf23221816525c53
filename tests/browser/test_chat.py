"""Two people chat: what they send, and what they learn of each other."""

import asyncio
import json
import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from pages import CLIENT_ID, connection, execute, field, frame_of, message, send, socket, state, stop_clock, texts

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's
INTERNAL = {"type": "error", "code": "internal", "detail": "LinkUp made a mistake.", "failure_id": "3f2a"}


async def test_two_people_chat(chat, site):
    ana, ben = await asyncio.gather(chat("ana", "ben"), chat("ben", "ana"))
    for page in (ana, ben):
        await expect(page.locator("#presence")).to_have_text("online")
        await expect(message(page, "Row F is fine.")).to_be_visible()
    await send(ana, "Running late <b>")
    await expect(message(ben, "Running late <b>")).to_be_visible()
    await send(ben, "I keep your seat")
    await expect(message(ana, "I keep your seat")).to_be_visible()
    await ana.close()
    await expect(ben.locator("#presence")).to_have_text(re.compile(r"^offline, last seen \d\d:\d\d$"))
    await ben.close()
    assert await site.failure() is None


async def test_a_message_goes_from_sent_to_delivered_to_read(chat, browser, site):
    """Ben's page gets the message while another one is in front; he has read it when he comes back."""
    ana = await chat("ana", "ben")
    await send(ana, "Are you there?")
    await expect(state(ana, "Are you there?")).to_have_text("sent")
    context = await browser.new_context()
    ben = await chat("ben", "ana", context=context)
    await expect(state(ana, "Are you there?")).to_have_text("read")

    devtools = await context.new_cdp_session(ben)
    await devtools.send("Emulation.setFocusEmulationEnabled", {"enabled": False})  # Playwright's, for every page
    await (await context.new_page()).bring_to_front()
    await send(ana, "And now?")
    await expect(state(ana, "And now?")).to_have_text("delivered")
    await expect(message(ben, "And now?")).to_be_visible()
    await say_in_background(ben, "Nobody looks")  # behind everything that Ben's page has sent of itself
    await expect(message(ana, "Nobody looks")).to_be_visible()
    await expect(state(ana, "And now?")).to_have_text("delivered")
    await ben.bring_to_front()
    await expect(state(ana, "And now?")).to_have_text("read")


async def say_in_background(page, content):
    """Send without mouse and keyboard, which would bring the page to the front."""
    await page.evaluate(
        """content => {
            document.querySelector("textarea").value = content;
            document.querySelector("#composer").requestSubmit();
        }""",
        content,
    )


async def test_a_hidden_page_reads_nothing(chat):
    ana, ben = await asyncio.gather(chat("ana", "ben"), chat("ben", "ana"))
    turn = """visibility => {
        Object.defineProperty(document, "visibilityState", {value: visibility, configurable: true});
        document.dispatchEvent(new Event("visibilitychange", {bubbles: true}));
    }"""
    await ben.evaluate(turn, "hidden")
    await send(ana, "Psst")
    await expect(message(ben, "Psst")).to_be_visible()
    await say_in_background(ben, "Nobody looks")
    await expect(message(ana, "Nobody looks")).to_be_visible()
    await expect(state(ana, "Psst")).to_have_text("delivered")
    await ben.evaluate(turn, "visible")
    await expect(state(ana, "Psst")).to_have_text("read")


async def test_a_status_that_arrives_first_is_not_lost(visit):
    """Two processes may pass on a message and its status in either order."""
    ana = await visit("ana")
    shared = {"type": "presence", "username": "ben", "is_online": True, "last_seen": None}
    connected = asyncio.get_running_loop().create_future()

    def answer(ws):
        ws.send(json.dumps(shared))
        ws.on_message(lambda text: json.loads(text)["type"] == "message" and connected.set_result((ws, text)))

    await ana.route_web_socket("**/ws/chat/**", answer)
    await ana.goto(f"{ana.url}chat/ben/")
    facts = json.loads(await ana.locator("#page").inner_text())
    await send(ana, "Which comes first?")
    ws, text = await connected
    status = {"type": "status", "recipient_id": facts["peer_id"], "up_to_id": 100, "status": "read"}
    stored = {"id": 99, "sender_id": facts["user_id"], "recipient_id": facts["peer_id"], "status": "delivered"}
    stored |= {"client_id": json.loads(text)["client_id"], "content": "Which comes first?"}
    stored |= {"created_at": "2025-03-03T12:00:00+00:00", "updated_at": "2025-03-03T12:00:00+00:00"}
    for frame in (status, {"type": "message", "message": stored}, status | {"status": "delivered"}):
        ws.send(json.dumps(frame))
    ws.send(json.dumps(shared | {"is_online": False}))
    await expect(ana.locator("#presence")).to_have_text("offline")
    await expect(state(ana, "Which comes first?")).to_have_text("read")


async def test_nobody_replaces_a_message_of_another(chat, site):
    """Ben is told Ana's client_id, and sends with the same one."""
    ana = await chat("ana", "ben")
    async with socket(site, "ben", "ana") as ben:
        await send(ana, "I will pay you 100")
        copied = (await frame_of(ben, "message"))["message"]["client_id"]
        await ben.send(json.dumps({"type": "message", "client_id": copied, "content": "I will pay you 900"}))
        await expect(message(ana, "I will pay you 900")).to_be_visible()
        await expect(message(ana, "I will pay you 100")).to_be_visible()


async def test_a_refused_message_says_why_and_can_be_repaired(chat, site):
    ana = await chat("ana", "ben")
    for content in ("First", "Second"):
        await field(ana).evaluate("(field, content) => field.value = `${content} \\ud800`", content)
        await ana.get_by_role("button", name="Send").click()
        await expect(state(ana, content)).to_have_text("not sent")
    await expect(message(ana, "First")).to_contain_text("a character that cannot be stored")
    await message(ana, "First").get_by_role("button", name="Try again").click()
    await expect(state(ana, "First")).to_have_text("not sent")
    await ana.reload()
    assert [text.split()[0] for text in (await texts(ana))[-2:]] == ["Second", "First"]  # as last tried
    await message(ana, "First").get_by_role("button", name="Remove").click()
    await expect(message(ana, "First")).to_have_count(0)
    await ana.reload()
    await expect(message(ana, "Second").get_by_role("button", name="Remove")).to_be_visible()
    await expect(message(ana, "First")).to_have_count(0)


async def test_a_mistake_of_the_server_is_told_with_its_number_in_the_log(chat, visit):
    page = await visit("ana")
    await page.route_web_socket("**/ws/chat/**", lambda ws: ws.send(json.dumps(INTERNAL | {"client_id": None})))
    await page.goto(f"{page.url}chat/ben/")
    await expect(page.get_by_role("alert")).to_have_text("LinkUp made a mistake. Failure 3f2a.")
    await expect(connection(page)).to_have_text("Connecting")


@pytest_asyncio.fixture(loop_scope="session")
async def failing_ana(visit):
    """Open Ana's chat with Ben; the server fails at so many messages of hers, and then it works."""

    async def open_chat(failures):
        page, failed = await visit("ana"), 0

        def serve(opened):
            async def fail(text):
                nonlocal failed
                if (frame := json.loads(text))["type"] == "message":
                    failed += 1
                    opened.send(json.dumps(INTERNAL | {"client_id": frame["client_id"]}))
                    await opened.close(code=1011)

            if failed < failures:
                opened.on_message(fail)
                opened.send('{"type": "presence", "username": "ben", "is_online": false, "last_seen": null}')
            else:
                opened.connect_to_server()

        await page.route_web_socket("**/ws/chat/**", serve)
        await page.goto(f"{page.url}chat/ben/")
        await expect(connection(page)).to_have_text("Connected")
        return page

    return open_chat


async def test_a_message_at_which_the_server_failed_is_sent_again(failing_ana):
    """It may be stored or not: the next receipt tells, and Ana has nothing to do."""
    ana = await failing_ana(failures=1)
    await send(ana, "Hello?")
    await expect(state(ana, "Hello?")).to_have_text("not sent yet")
    await ana.get_by_role("button", name="Reconnect now").click()
    await expect(state(ana, "Hello?")).to_have_text("sent")


async def test_a_message_at_which_the_server_fails_twice_is_given_back(failing_ana):
    """Else no message after it would ever be sent."""
    ana = await failing_ana(failures=2)
    await send(ana, "Hello?")
    await send(ana, "Are you there?")
    await ana.get_by_role("button", name="Reconnect now").click()
    await expect(message(ana, "Hello?")).to_contain_text("LinkUp made a mistake. Failure 3f2a.")
    await expect(state(ana, "Hello?")).to_have_text("not sent")
    await ana.get_by_role("button", name="Reconnect now").click()
    await expect(state(ana, "Are you there?")).to_have_text("sent")
    await message(ana, "Hello?").get_by_role("button", name="Try again").click()
    await expect(state(ana, "Hello?")).to_have_text("sent")


async def test_typing_is_shown_and_passes(chat, visit):
    ana, ben = await asyncio.gather(visit("ana"), chat("ben", "ana"))
    await stop_clock(ana)
    await ana.goto(f"{ana.url}chat/ben/")
    await expect(connection(ana)).to_have_text("Connected")
    typing = ana.locator("#typing")
    await field(ben).press_sequentially("I")
    await expect(typing).to_have_text("ben is typing")
    await ana.clock.run_for(4_900)
    await expect(typing).to_have_text("ben is typing")
    await ana.clock.run_for(100)
    await expect(typing).to_be_empty()
    await field(ben).press_sequentially(" a")
    await expect(typing).to_have_text("ben is typing")
    await field(ben).press("Enter")
    await expect(message(ana, "I a")).to_be_visible()
    await expect(typing).to_be_empty()


async def test_typing_is_told_every_three_seconds_at_most(visit):
    """At once, 3 s later, and not again 2 s after that; frames are counted up to a message that follows them."""
    page = await visit("ana")
    kinds, told = asyncio.Queue(), []
    page.on("websocket", lambda ws: ws.on("framesent", lambda text: kinds.put_nowait(json.loads(text)["type"])))
    await stop_clock(page)
    await page.goto(f"{page.url}chat/ben/")
    await expect(connection(page)).to_have_text("Connected")
    for milliseconds in (1, 1000, 1000, 1000, 2000):
        await page.clock.run_for(milliseconds)
        await field(page).press_sequentially("abc")
        await page.clock.run_for(1)
    await field(page).press("Enter")
    await expect(state(page, "abc")).to_have_text("sent")
    await page.clock.run_for(10_000)
    await say_in_background(page, "The last frame")
    while told.count("message") < 2:
        told.append(await kinds.get())
    assert [kind for kind in told if kind in ("typing", "message")] == ["typing", "typing", "message", "message"]


async def test_a_message_may_have_lines(chat):
    ana, ben = await asyncio.gather(chat("ana", "ben"), chat("ben", "ana"))
    height = (await field(ana).bounding_box())["height"]
    await field(ana).press_sequentially("  One")
    await field(ana).press("Shift+Enter")
    await field(ana).press_sequentially("Two")
    assert (await field(ana).bounding_box())["height"] > height
    await field(ana).press("Enter")
    await expect(field(ana)).to_have_value("")
    assert (await field(ana).bounding_box())["height"] == height
    await expect(message(ben, "One").locator("span")).to_have_js_property("innerText", "One\nTwo")


async def test_an_empty_message_is_not_sent(chat):
    ana = await chat("ana", "ben")
    before = await texts(ana)
    await field(ana).fill(" \n ")
    await field(ana).press("Enter")
    await expect(field(ana)).to_have_accessible_description(re.compile("Write a message first."))
    await field(ana).fill("x" * 5_000)
    await expect(field(ana)).to_have_accessible_description(re.compile("A message ends here, after 4000 characters."))
    await field(ana).fill("short")
    await expect(ana.get_by_role("alert")).to_be_empty()
    assert await texts(ana) == before


async def test_two_windows_of_one_user(chat, browser):
    """Both show what one of them sends, and Ana is online until the last one closes."""
    context = await browser.new_context()
    ana, second, ben = [await chat("ana", "ben", context=context) for _ in range(2)] + [await chat("ben", "ana")]
    await send(second, "From the second window")
    await expect(state(ana, "From the second window")).to_have_text("read")
    await second.close()
    await send(ana, "Still here")
    await expect(message(ben, "Still here")).to_be_visible()
    await expect(ben.locator("#presence")).to_have_text("online")
    await ana.close()
    await expect(ben.locator("#presence")).to_contain_text("offline")


@pytest.mark.parametrize(("created_at", "shown"), [("2024-03-03 14:05", "3 Mar 2024, 14:05"), (None, r"\d\d:\d\d")])
async def test_each_message_has_its_time(visit, site, browser, created_at, shown):
    if created_at:
        execute(site, ("UPDATE messaging_message SET created_at = ?", (created_at,)))
    else:
        execute(site, ("UPDATE messaging_message SET created_at = datetime('now')",))
    page = await visit("ana", "chat/ben/", context=await browser.new_context(timezone_id="UTC"))
    await expect(message(page, "Row F is fine.").get_by_role("time")).to_have_text(re.compile(f"^{shown}$"))


async def test_a_page_says_that_it_reads(visit):
    ana = await visit("ana")
    answered = asyncio.get_running_loop().create_future()

    def ask(ws):
        ws.on_message(lambda text: answered.set_result(text))
        ws.send(json.dumps({"type": "ping", "token": "7f"}))

    await ana.route_web_socket("**/ws/chat/**", ask)
    await ana.goto(f"{ana.url}chat/ben/")
    assert json.loads(await asyncio.wait_for(answered, 30)) == {"type": "pong", "token": "7f"}


async def test_a_client_id_is_a_random_uuid(visit):
    """Made without crypto.randomUUID, which a page without HTTPS does not have."""
    page = await visit("ana")
    await page.add_init_script("delete Crypto.prototype.randomUUID")
    sent = asyncio.get_running_loop().create_future()

    def note(text):
        if json.loads(text)["type"] == "message" and not sent.done():
            sent.set_result(json.loads(text)["client_id"])

    page.on("websocket", lambda ws: ws.on("framesent", note))
    await page.goto(f"{page.url}chat/ben/")
    await send(page, "Hello")
    client_id = await sent
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", client_id)
    assert client_id != CLIENT_ID
    await expect(state(page, "Hello")).to_have_text("sent")
