"""Real uses of LinkUp's button that show the bug, and what wrong repairs cost; the lesson has the same functions."""

import asyncio
import contextlib
import secrets
import sqlite3
from uuid import uuid4

from workshop.client import MESSAGE, ask, hear, open_chat, start_over, tell, words


def change(site, *statements):
    """Change the database, as another program might."""
    with contextlib.closing(sqlite3.connect(site.database)) as database, database:
        for statement in statements:
            database.execute(statement)


def write_to_ana(site):
    """Have a message from Ben and one from Chloe wait for Ana."""
    start_over(site)
    change(
        site,
        "INSERT INTO messaging_message (sender_id, recipient_id, content, status, created_at, updated_at) "
        "SELECT chloe.id, ana.id, 'Me too?', 'sent', 0, 0 FROM auth_user chloe, auth_user ana "
        "WHERE chloe.username = 'chloe' AND ana.username = 'ana'",
    )


async def press(site):
    """Let Ana press "Mark all as read" while Ben's chat is open; return what both are told, and what is stored."""
    async with open_chat(site, "ben", "ana") as ben:
        await hear(ben, "presence")
        answer = await asyncio.to_thread(ask, site, "ana", "/read/", "POST")
        await tell(ben, {"type": "history"})
        *told, _history = await hear(ben, "history")
    await site.quiet()
    rows = site.rows(
        "SELECT username, status FROM messaging_message JOIN auth_user ON auth_user.id = sender_id "
        "WHERE username != 'ana' ORDER BY sender_id"
    )
    stored = ", ".join(" ".join(row) for row in rows)
    return f"Ana gets: {answer}\nBen is told: {words(told) or 'nothing'}\nstored: {stored}"


async def mark_all(site):
    """Press the button with two chats unread."""
    write_to_ana(site)
    return await press(site)


async def refuse_one(site):
    """Press it while the database refuses to change what Chloe wrote, as if its disk were full."""
    write_to_ana(site)
    full = "BEGIN SELECT RAISE(ABORT, 'no space left'); END"
    change(site, f"CREATE TRIGGER full BEFORE UPDATE ON messaging_message WHEN OLD.content = 'Me too?' {full}")
    try:
        return await press(site)
    finally:
        change(site, "DROP TRIGGER full")


async def reproduce(site):
    """Press the button."""
    return await mark_all(site)


async def control(site):
    """Do the same work where no event loop is running."""
    return await site.run("control.py")


async def exercise_1(site):
    """Press the button, and let a script see what becomes of it when the database refuses a part."""
    seen = (await mark_all(site)).replace("\n", "; ")
    wrong = await site.run("one_refused.py") if "Ana gets: 302" in seen else ""
    assert not wrong, wrong
    return seen


async def exercise_2(site):
    """Let Ana write two messages, the first one twice; let a script see what becomes of one at the worst moments."""
    start_over(site)
    another = MESSAGE | {"client_id": str(uuid4()), "content": secrets.token_hex(8)}
    async with open_chat(site, "ana", "ben") as chat:
        told = await hear(chat, "presence")
        await tell(chat, MESSAGE, MESSAGE, another, {"type": "history"})
        told += await hear(chat, "history")
    receipts = [frame["message"] for frame in told if frame["type"] == "message"]
    if len(receipts) == 3:
        first, again, second = receipts
        assert first["id"] == again["id"], "no error, but a message that Ana's browser sends again is stored twice."
        assert second["previous_id"] == first["id"], "no error, but Ben's page is not told which message came before."
        assert second["content"] == another["content"], "no error, but something else is stored than what Ana wrote."
        wrong = await site.run("worst_moment.py")
        assert not wrong, wrong
    return f"Ana is told: {words(told)}"
