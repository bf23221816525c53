"""The shortest real use of LinkUp that shows the bug; the lesson has the same functions in its cells."""

import asyncio
import contextlib
import json
import secrets
import sqlite3

from workshop.client import MESSAGE, get, hear, open_chat, post, start_over, tell


async def use_inboxes(site):
    """Open two inboxes, let Ana write, and ask for the lists as open inboxes do; return what came."""
    start_over(site)
    inboxes = {user: await get(site, "/", user) for user in ("ana", "chloe")}
    async with open_chat(site, "ana", "ben") as chat:  # in another tab
        await tell(chat, MESSAGE)
        await hear(chat, "message")
    seen = [f"ana opens her inbox: {inboxes['ana']}"]
    for user, inbox in inboxes.items():
        seen.append(f"{user}'s page asks for the list: {await get(site, inbox.source, user)}")
    seen.append(f"a visitor asks for it: {await get(site, '/people/')}")
    return "\n".join(seen)


async def reproduce(site):
    """Keep the inbox open: its list is to follow."""
    return await use_inboxes(site)


async def control(site):
    """Do the same work where no event loop is running."""
    return await site.run("control.py")


def write_many(site):
    """Let Chloe write to Ana and to Ben, nobody knows how often; return the newest message that Ana has got."""
    with contextlib.closing(sqlite3.connect(site.database)) as database, database:
        for recipient in ["ana", "ben"] * (9 + secrets.randbelow(20)):
            newest = database.execute(
                "INSERT INTO messaging_message (sender_id, recipient_id, content, status, created_at, updated_at) "
                "SELECT chloe.id, other.id, ?, 'sent', datetime(), datetime() FROM auth_user chloe, auth_user other "
                "WHERE chloe.username = 'chloe' AND other.username = ?",
                (secrets.token_hex(8), recipient),
            ).lastrowid
    return newest - 1


def unread(site, user):
    """Return how many messages a user has not read."""
    ((number,),) = site.rows(
        "SELECT count(*) FROM messaging_message JOIN auth_user ON auth_user.id = recipient_id "  # noqa: S608
        f"WHERE username = '{user}' AND status != 'read'"
    )
    return number


async def press_while_open(site, peer):
    """Let Ana press "Mark all as read" while somebody's chat with her is open; return what both are told."""
    async with open_chat(site, peer, "ana") as chat:
        await hear(chat, "presence")
        page = await post(site, "/read/", "ana")
        frames = []
        for _time in range(2):  # what was on its way before the first answer has come before the second
            await tell(chat, {"type": "history"})
            frames += await hear(chat, "history")
    return page, next((frame for frame in frames if frame.get("status") == "read"), {})


async def exercise_1(site):
    """Press the button as a visitor and as Ana; then again, with messages that nobody knows beforehand."""
    start_over(site)
    visitor = await post(site, "/read/")
    page, told = await press_while_open(site, "ben")
    if told:
        newest, others = write_many(site), unread(site, "ben")
        _page, later = await press_while_open(site, "chloe")
        assert later.get("up_to_id") == newest, (
            "no error, but Chloe has gone on writing, and when Ana presses the button again, Chloe's chat is not told "
            "that all of it has been read."
        )
        assert unread(site, "ben") == others, "no error, but Ana has marked as read what Ben has not read yet."
    left = f"{unread(site, 'ana')} unread"
    return f"a visitor presses the button: {visitor}; Ana: {page}, {left}; Ben is told: {told.get('status', 'nothing')}"


async def download(site):
    """Return Ana's download, or None where it never ends: who waits for the rest of a page hears of no error."""
    asked = asyncio.create_task(get(site, "/download/", "ana"))
    failed = asyncio.create_task(site.wait_for("log"))
    try:
        await asyncio.wait([asked, failed], return_when=asyncio.FIRST_COMPLETED)
        return asked.result() if asked.done() else None
    finally:
        asked.cancel()
        failed.cancel()


async def exercise_2(site):
    """Download Ana's messages, and again when there are many; return status and number of messages."""
    start_over(site)
    page = await download(site)
    if page is None:
        return "Ana's download does not come to its end"
    number = len(page.text.splitlines())
    if (page.status, number) == (200, 3):
        write_many(site)
        page = await download(site)
        lines = [json.loads(line) for line in page.text.splitlines()] if page else []
        told = [(line["id"], line["sender"], line["content"]) for line in lines]
        stored = site.rows(
            "SELECT m.id, username, content FROM messaging_message m JOIN auth_user ON auth_user.id = sender_id "
            "WHERE 'ana' IN (username, (SELECT username FROM auth_user WHERE id = recipient_id)) ORDER BY m.id"
        )
        assert told == stored, (
            "no error, but Chloe has gone on writing, and Ana's download is not what she wrote and got: something is "
            "missing, not hers, or out of order."
        )
    return f"Ana's download: {page.status}, {number} messages"
