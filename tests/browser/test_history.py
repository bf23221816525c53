"""What a page shows of messages that it has not seen arrive: older ones, and those of an absence."""

import asyncio
import json
import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from pages import connection, execute, field, frame_of, message, send, socket, state, store_messages, texts

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's

FIRST = [
    "Did you get the tickets?",
    "Two for Friday, row F. I owe you for the popcorn.",
    "Row F is fine. See you at eight?",
]
ALL = FIRST + [f"Old {n}" for n in range(1, 121)]


async def top_of(page, content):
    return (await message(page, content).bounding_box())["y"]


async def test_older_messages_come_when_one_scrolls_up(chat, site):
    store_messages(site, 120)
    ana = await chat("ana", "ben")
    log = ana.get_by_role("region", name="Messages with ben")
    await expect(message(ana, re.compile("Old 120"))).to_be_in_viewport()
    assert await texts(ana) == ALL[-50:]
    for known, first in ((100, "Old 21"), (123, FIRST[0])):
        top = ana.get_by_role("listitem").first
        content = await top.locator("span").inner_text()
        asked = await log.evaluate("log => { log.scrollTop = 10; return log.getBoundingClientRect().top }")
        await expect(ana.get_by_role("listitem")).to_have_count(known)
        assert (await texts(ana))[0] == first
        # What was at the top of the view still is there; 60 px are what stands above the first message.
        assert abs(await top_of(ana, re.compile(f"{content}(?!\\d)")) - asked) < 60
    await log.evaluate("log => log.scrollTop = 0")
    await expect(log.get_by_text("This is the beginning.")).to_be_visible()
    await expect(ana.get_by_role("button", name="Load older messages")).to_be_hidden()
    assert await texts(ana) == ALL


async def test_older_messages_come_by_keyboard(chat, site):
    store_messages(site, 120)
    ana = await chat("ana", "ben")
    button = ana.get_by_role("button", name="Load older messages")
    await expect(button).to_be_visible()
    for oldest in ("Old 24", "Old 1", FIRST[0]):
        # It may have gone since: its focus scrolls to the top, which loads older messages too.
        await button.evaluate_all("buttons => buttons.forEach(button => button.focus())")
        await ana.keyboard.press("Enter")
        await expect(ana.get_by_text(oldest, exact=True)).to_be_attached()
    await expect(button).to_be_hidden()
    await expect(ana.get_by_role("region", name="Messages with ben")).to_be_focused()


async def test_a_short_conversation_has_no_older_messages(chat):
    ana = await chat("ana", "ben")
    await expect(ana.get_by_text("This is the beginning.")).to_be_visible()
    await expect(ana.get_by_role("button", name="Load older messages")).to_be_hidden()


async def test_only_new_messages_are_read_out(chat, site):
    store_messages(site, 60)
    ana, ben = await asyncio.gather(chat("ana", "ben"), chat("ben", "ana"))
    log = ana.get_by_role("log").locator("p")
    for said in ("13 older messages", "This is the beginning."):
        await ana.get_by_role("region", name="Messages with ben").evaluate("log => log.scrollTop = 0")
        await expect(log.last).to_have_text(said)
    await send(ana, "My own")
    await send(ben, "Something new")
    await expect(log).to_have_text(["13 older messages", "This is the beginning.", "ben: Something new"])
    lists = ana.get_by_role("listitem").first.locator("xpath=ancestor-or-self::*[@aria-live or @role]")
    await expect(lists).to_have_count(0)


async def test_a_reader_of_old_messages_stays_there_and_is_told_of_new_ones(chat, site):
    store_messages(site, 60)
    ana, ben = await asyncio.gather(chat("ana", "ben"), chat("ben", "ana"))
    await expect(message(ana, "Old 60")).to_be_in_viewport()
    await ana.get_by_role("region", name="Messages with ben").evaluate("log => log.scrollTop -= 600")
    jump = ana.get_by_role("button", name="New messages below")
    await expect(jump).to_be_hidden()
    await send(ben, "Something new")
    await expect(jump).to_be_visible()
    await expect(message(ana, "Something new")).not_to_be_in_viewport()
    await jump.click()
    await expect(message(ana, "Something new")).to_be_in_viewport()
    await expect(jump).to_be_hidden()


@pytest_asyncio.fixture(loop_scope="session")
async def late_ana(visit, site):
    """Open Ana's chat with Ben, and hold its socket back until the event is set."""
    let_in = asyncio.Event()

    async def late(route):
        await let_in.wait()
        route.connect_to_server()

    async def open_chat():
        page = await visit("ana")
        await page.route_web_socket("**/ws/chat/**", late)
        await page.goto(f"{site.url}chat/ben/")
        await expect(connection(page)).to_have_text("Connecting")
        return page, let_in

    return open_chat


async def test_a_long_absence_is_caught_up_with(late_ana, site):
    """While Ana's socket waits to be let in, Ben reads and writes more than one page of history."""
    store_messages(site, 60, "chloe", "ben")  # ids of other conversations
    store_messages(site, 1)
    ana, let_in = await late_ana()
    await expect(state(ana, FIRST[0])).to_have_text("sent")
    store_messages(site, 120)
    async with socket(site, "ben", "ana") as ben:
        await ben.send(json.dumps({"type": "read", "up_to_id": 3}))
        await frame_of(ben, "status")
        await send(ana, "From Ana")
        await expect(state(ana, "From Ana")).to_have_text("sending")
        let_in.set()
        await expect(state(ana, "From Ana")).to_have_text("delivered")
        await expect(state(ana, FIRST[0])).to_have_text("read")
    await expect(ana.get_by_role("listitem")).to_have_count(125)
    assert await texts(ana) == [*FIRST, "Old 1", *ALL[3:], "From Ana"]
    await expect(ana.get_by_role("log")).to_have_text("120 new messages")
    await expect(field(ana)).to_be_focused()


async def test_messages_that_were_stored_and_not_passed_on_are_found(chat, site):
    """They are in the database alone, as after a full channel layer; the next one names the one before it."""
    ana, ben = await asyncio.gather(chat("ana", "ben"), chat("ben", "ana"))
    await expect(connection(ana)).to_have_text("Connected")
    await send(ben, "Seen")
    await expect(message(ana, "Seen")).to_be_visible()
    store_messages(site, 60, "ben", "ana")
    await send(ben, "The next")
    await expect(message(ana, "The next")).to_be_visible()
    await expect(ana.get_by_role("listitem")).to_have_count(65)
    assert await texts(ana) == [*FIRST, "Seen", *ALL[3:63], "The next"]


async def test_the_first_messages_of_all_are_found_as_well(chat, site):
    """The page showed nothing yet, so they come before all that it shows."""
    ana, chloe = await asyncio.gather(chat("ana", "chloe"), chat("chloe", "ana"))
    await expect(ana.get_by_role("listitem")).to_have_count(0)
    store_messages(site, 60, "chloe", "ana")
    await send(chloe, "The next")
    await expect(ana.get_by_role("listitem")).to_have_count(61)
    assert await texts(ana) == [*ALL[3:63], "The next"]


async def test_a_message_that_was_stored_after_a_newer_one_is_found(late_ana, site):
    """Ids are given out before a transaction ends."""
    store_messages(site, 60)
    late = "SELECT * FROM messaging_message WHERE content = 'Old 58'"
    execute(
        site,
        ("UPDATE messaging_message SET status = 'read'",),
        (f"CREATE TABLE late AS {late}",),
        ("DELETE FROM messaging_message WHERE content = 'Old 58'",),
    )
    ana, let_in = await late_ana()
    await expect(message(ana, "Old 60")).to_be_visible()
    execute(site, ("INSERT INTO messaging_message SELECT * FROM late",))
    let_in.set()
    await expect(message(ana, "Old 58")).to_be_visible()
    assert (await texts(ana))[-3:] == ["Old 58", "Old 59", "Old 60"]
