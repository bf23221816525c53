"""What a test does with LinkUp's pages, and behind their back with its socket and its database."""

import asyncio
import json
import sqlite3
from contextlib import closing

import websockets

CLIENT_ID = "6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b55"


def watch(page):
    """Collect what goes wrong in a page in its `errors`; a server that is not there is not the page's fault.

    Its event `caught_up` is set once the page has asked for all messages that it missed.
    """
    page.errors, page.caught_up = [], asyncio.Event()

    def note(message):
        if message.type == "error" and "ERR_CONNECTION_REFUSED" not in message.text:
            page.errors.append(message.text)

    def look(text):
        frame = json.loads(text)
        if frame["type"] == "history" and not frame["messages"]:
            page.caught_up.set()

    page.on("websocket", lambda opened: opened.on("framereceived", look))
    page.on("console", note)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("dialog", lambda dialog: page.errors.append(f"dialog: {dialog.message}"))
    return page


def connection(page):
    return page.locator("#connection")


def field(page):
    return page.get_by_label("Message", exact=True)


async def send(page, content):
    await field(page).fill(content)
    await page.get_by_role("button", name="Send").click()


def message(page, content):
    return page.get_by_role("listitem").filter(has_text=content)


def state(page, content):
    """Return the place where a message says how far it has come."""
    return message(page, content).locator("small")


async def texts(page):
    return await page.locator("#messages > li > span").all_inner_texts()


async def stop_clock(page):
    """Stop the clock of the pages that come next; in one that runs, Playwright would let every deadline pass."""
    await page.clock.install()
    await page.clock.pause_at(await page.evaluate("Date.now() + 1000"))


def socket(site, username, peer):
    """Open a user's socket without a page: async with socket(site, "ben", "ana") as ben."""
    return websockets.connect(site.ws(f"/ws/chat/{peer}/"), additional_headers=site.login(username))


async def frame_of(opened, kind):
    while (frame := json.loads(await opened.recv()))["type"] != kind:
        pass
    return frame


def execute(site, *statements):
    """Write to the site's database: execute(site, ("UPDATE …", (1, 2)), …)."""
    with closing(sqlite3.connect(site.database)) as database:
        for statement in statements:
            database.execute(*statement)
        database.commit()


def store_messages(site, count, sender="ben", recipient="ana"):
    """Put messages into the database: "Old 1", "Old 2", …"""
    sql = """INSERT INTO messaging_message (sender_id, recipient_id, content, status, created_at, updated_at)
             SELECT a.id, b.id, ?, 'sent', '2025-03-03 12:00', '2025-03-03 12:00' FROM auth_user a, auth_user b
             WHERE a.username = ? AND b.username = ?"""
    execute(site, *((sql, (f"Old {n}", sender, recipient)) for n in range(1, count + 1)))
