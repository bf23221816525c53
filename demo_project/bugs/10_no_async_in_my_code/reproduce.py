"""Real uses of LinkUp that show the bug, and what wrong repairs cost; the lesson has the same functions."""

import asyncio
import contextlib
import sqlite3

import websockets

from workshop import WorkshopError
from workshop.client import ask, hear, open_chat, words


async def look_around(site):
    """Let Ana open her inbox, a chat page and its socket; return what she gets."""
    pages = [await asyncio.to_thread(ask, site, "ana", path) for path in ("/", "/chat/ben/")]
    try:
        async with open_chat(site, "ana", "ben") as chat:
            socket = words(await hear(chat, "presence")) or f"closed with code {chat.close_code}"
    except websockets.InvalidStatus as refused:
        socket = f"refused with status {refused.response.status_code}"
    return "inbox: {}, chat with Ben: {}, socket: {}".format(*pages, socket)


async def reproduce(site):
    """Look around."""
    return await look_around(site)


async def control(site):
    """Ask for the same pages in the tests."""
    return await site.test("test_pages.py")


async def three_pages(site):
    """Open three chat pages; return how many database connections stay open afterwards."""
    await site.quiet()
    for user, peer in (("ana", "ben"), ("ben", "ana"), ("chloe", "ana")):
        await asyncio.to_thread(ask, site, user, f"/chat/{peer}/")
    return f"left open: {await site.open_connections()}"


async def newcomer(site):
    """Let Dora join, a minute after LinkUp was started; return what Ana gets when she opens a chat with her."""
    columns = "username, is_active, password, is_superuser, first_name, last_name, email, is_staff, date_joined"
    values = "'dora', 1, '', 0, '', '', '', 0, datetime()"
    with contextlib.closing(sqlite3.connect(site.database)) as database, database:
        database.execute(f"INSERT OR IGNORE INTO auth_user ({columns}) VALUES ({values})")  # noqa: S608
    return f"chat with Dora: {await asyncio.to_thread(ask, site, 'ana', '/chat/dora/')}"


async def exercise_1(site):
    """Let Chloe open as many chats as LinkUp allows and one more, then Ben one; return what each is told."""
    async with contextlib.AsyncExitStack() as tabs:

        async def open_one(user):
            chat = await tabs.enter_async_context(open_chat(site, user, "ana"))
            return words(await hear(chat, "presence")) or f"closed with code {chat.close_code}"

        opened = await asyncio.gather(*(open_one("chloe") for _tab in range(30)))
        more, ben = await open_one("chloe"), await open_one("ben")
    return f"Chloe's tabs: {', '.join(sorted(set(opened)))}; one more: {more}; Ben: {ben}"


async def exercise_2(site):
    """Run the command twice, and once more while the database refuses the last message; return what is stored."""
    empty(site)
    printed = await site.run("seed.py")
    once = len(site.rows("SELECT id FROM messaging_message"))
    if not once:
        return f"it says: {printed}; messages: 0"
    await site.run("seed.py")
    twice = len(site.rows("SELECT id FROM messaging_message"))
    empty(site)
    before = site.rows("SELECT username, password FROM auth_user")
    change(site, REFUSE)
    try:
        await site.run("seed.py")
    except WorkshopError as error:
        refused = str(error).rpartition(": ")[2]
    else:
        raise AssertionError("no error, though the database has refused a message: nobody is told that it is missing.")
    finally:
        change(site, "DROP TRIGGER refuse")
    left = site.rows("SELECT id FROM messaging_message") + sorted(
        set(site.rows("SELECT username, password FROM auth_user")) - set(before)
    )
    assert not left, "the command has ended with an error in its middle, and half of what it writes is stored."
    return (
        f"it says: {printed}; messages: {once}; after a second run: {twice}; refused: {refused}, and nothing is stored"
    )


REFUSE = (
    "CREATE TRIGGER refuse BEFORE INSERT ON messaging_message WHEN (SELECT COUNT(*) FROM messaging_message) = 2 "
    "BEGIN SELECT RAISE(ABORT, 'no space left'); END"
)


def empty(site):
    """Forget all messages."""
    change(site, "DELETE FROM messaging_message")


def change(site, statement):
    """Run a statement in LinkUp's database, from outside."""
    with contextlib.closing(sqlite3.connect(site.database)) as database, database:
        database.execute(statement)
