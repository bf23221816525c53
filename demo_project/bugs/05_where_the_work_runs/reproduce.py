"""Real uses of LinkUp's button that show the bug, and what wrong repairs cost; the lesson has the same functions."""

import asyncio
import contextlib
import secrets
import sqlite3

from workshop.client import ask, hear, open_chat, start_over, tell, words


async def mark_all(site):
    """Let Ana press the button while Ben's chat is open; return what both are told, and what is stored."""
    start_over(site)
    async with open_chat(site, "ben", "ana") as ben:
        await hear(ben, "presence")
        answer = await asyncio.to_thread(ask, site, "ana", "/read/", "POST")
        await tell(ben, {"type": "history"})
        *told, _history = await hear(ben, "history")
    return f"Ana gets: {answer}\nstored: {stored(site)}\nBen is told: {words(told) or 'nothing'}"


def stored(site):
    """Return the status of Ben's message to Ana."""
    ((status,),) = site.rows("SELECT status FROM messaging_message WHERE id = 2")
    return status


async def ping_while_ana_waits(site):
    """Make Ana's button wait for the database, and let Ben ping meanwhile; return what happened, in order."""
    await site.quiet()
    start_over(site)
    async with open_chat(site, "ben", "ana") as ben:
        await hear(ben, "presence")
        async with site.timeline("mark_all_read", "mark_all_read_async") as line:
            with site.locked_database():
                ana = asyncio.create_task(asyncio.to_thread(ask, site, "ana", "/read/", "POST"))
                await site.waiting_for_database()
                await line.ping("Ben", ben, seconds=1)
            await ana
    return line


async def three_at_a_time(site):
    """Let three users press the button at the same time; return how many connections stay open afterwards."""
    await site.quiet()
    with site.locked_database():
        users = ("ana", "ben", "chloe")
        presses = [asyncio.create_task(asyncio.to_thread(ask, site, user, "/read/", "POST")) for user in users]
        await site.waiting_for_database(3)
    await asyncio.gather(*presses)
    return f"left open: {await site.open_connections()}"


async def hold_the_lock(site):
    """Hold the database's lock for a second; return what Ana gets meanwhile and then, and what is stored."""
    await site.quiet()
    start_over(site)
    with site.locked_database():
        ana = asyncio.create_task(asyncio.to_thread(ask, site, "ana", "/read/", "POST"))
        await site.waiting_for_database()
        answered, _ = await asyncio.wait([ana], timeout=1)
    meanwhile = ana.result() if answered else "nothing"
    answer = await ana
    await site.quiet()
    return f"while the lock is held, Ana gets: {meanwhile}\nthen: {answer}\nstored: {stored(site)}"


def execute(site, statement):
    """Do something to the database from outside."""
    with contextlib.closing(sqlite3.connect(site.database)) as database, database:
        database.execute(statement)


async def refuse(site):
    """Let the database refuse what the button writes, as if its disk were full; return what Ana gets."""
    start_over(site)
    full = "BEGIN SELECT RAISE(ABORT, 'no space left'); END"
    execute(site, f"CREATE TRIGGER full BEFORE UPDATE ON messaging_message {full}")
    answer = await asyncio.to_thread(ask, site, "ana", "/read/", "POST")
    await site.quiet()
    execute(site, "DROP TRIGGER full")
    return f"Ana gets: {answer}\nstored: {stored(site)}"


async def reproduce(site):
    """Press the button."""
    return await mark_all(site)


async def control(site):
    """Do the same work where no event loop is running."""
    return await site.run("control.py")


async def exercise_1(site):
    """Ask whether LinkUp is well, also while its database cannot be opened; return what it says of itself."""
    there = await asyncio.to_thread(ask, site, "ana", "/health/")
    if not there.startswith("200"):
        return f"LinkUp says: {there}"
    aside = site.database.with_name("aside.sqlite3")
    await site.quiet()
    site.database.rename(aside)
    site.database.mkdir()
    try:
        away = await asyncio.to_thread(ask, site, "ana", "/health/")
    finally:
        site.database.rmdir()
        aside.rename(site.database)
    assert away.startswith("503"), "no error, but the database cannot be opened, and LinkUp says that it answers."
    again = await asyncio.to_thread(ask, site, "ana", "/health/")
    return f"LinkUp says: {there}; without a database: {away}; with it again: {again}"


async def open_and_close(site, name):
    """Open Ana's chat with somebody; return the first thing she is told, or the code that her socket is closed with."""
    async with open_chat(site, "ana", name) as chat:
        told = await hear(chat, "presence")
        return words(told) or f"closed with code {chat.close_code}"


async def exercise_2(site):
    """Open Ana's chats with Ben, with nobody, and with two users whose names nobody knows beforehand, one inactive."""
    there, gone = (f"user{secrets.token_hex(4)}" for _ in range(2))
    columns = "username, is_active, password, is_superuser, first_name, last_name, email, is_staff, date_joined"
    with contextlib.closing(sqlite3.connect(site.database)) as database, database:
        for name, is_active in ((there, 1), (gone, 0)):
            database.execute(
                f"INSERT INTO auth_user ({columns}) VALUES (?, ?, '', 0, '', '', '', 0, datetime())",  # noqa: S608
                (name, is_active),
            )
    seen = [await open_and_close(site, name) for name in ("ben", "nobody", there, gone)]
    return f"Ben: {seen[0]}; nobody: {seen[1]}; somebody new: {seen[2]}; somebody who has left: {seen[3]}"
