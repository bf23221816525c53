"""Real uses of LinkUp that show the bug, and what wrong repairs cost; the lesson has the same functions."""

import asyncio
import contextlib
import sqlite3

import websockets

from workshop.client import ask, fetch_page, hear, open_chat, tell, words


async def first_words(socket):
    """Open a socket; return what the server says first, and how it ends the socket, if it does."""
    try:
        async with socket as chat:
            said = words(await hear(chat, "presence"))
            code = f"closed with code {chat.close_code}" if chat.close_code else ""
            return ", ".join(filter(None, [said, code]))
    except websockets.InvalidStatus as refusal:
        return f"refused with status {refusal.response.status_code}"


async def come_in(site):
    """Let Ana open her chat with Ben, and a visitor without a cookie the same one; return how far each comes."""
    ana = await first_words(open_chat(site, "ana", "ben"))
    page = await asyncio.to_thread(fetch_page, site)
    origin = {"Origin": site.login("ana")["Origin"]}
    visitor = await first_words(websockets.connect(site.ws("/ws/chat/ben/"), additional_headers=origin))
    return f"Ana's chat: {ana}\nher page: {page}\na visitor's chat: {visitor}"


async def reproduce(site):
    """Open a chat: LinkUp finds out who it is."""
    return await come_in(site)


async def control(site):
    """Do the same work where no event loop is running."""
    return await site.run("control.py")


WHO = "(SELECT id FROM auth_user WHERE username = '{}')"


def counted(site, user):
    """Return whether a user counts as online, and how many of their sockets are counted."""
    who = WHO.format(user)
    ((online,),) = site.rows(f"SELECT is_online FROM messaging_userstatus WHERE user_id = {who}")  # noqa: S608
    ((sockets,),) = site.rows(f"SELECT count(*) FROM messaging_connection WHERE status_id = {who}")  # noqa: S608
    return f"{'online' if online else 'offline'} ({sockets})"


def ended(site):
    """Return how many sockets have ended, their `leave` included."""
    return sum(event["kind"] == "websocket" for event in site.events("ended"))


async def close(site, chat):
    """Close a socket, and wait until LinkUp has done what it does then."""
    before = ended(site)
    await chat.close()
    await site.until(lambda: ended(site) > before)


async def close_while_locked(site, chat):
    """Close a socket while another process holds the database; tell whether LinkUp is done with it meanwhile."""
    before = ended(site)
    done = asyncio.create_task(site.until(lambda: ended(site) > before))
    with site.locked_database():
        await chat.close()
        await site.waiting_for_database()
        meanwhile, _pending = await asyncio.wait([done], timeout=1)
    await done
    return bool(meanwhile)


async def expect_what_others_see(site, ben):
    """Let Ana come once more, and leave while the database is locked; see what Ben is told, and when that is."""
    async with open_chat(site, "ana", "ben") as ana:
        await asyncio.gather(hear(ana, "presence"), hear(ben, "presence"))
        with contextlib.closing(sqlite3.connect(site.database)) as database, database:
            long_ago = f"UPDATE messaging_userstatus SET last_seen = '2020-02-02 20:20' WHERE user_id = {WHO}"  # noqa: S608
            database.execute(long_ago.format("ana"))
        assert not await close_while_locked(site, ana), (
            "no error, but LinkUp is done with Ana's socket before it is stored that she has left. If the server ends "
            "in that moment, it never will be."
        )
    (left,) = [frame for frame in await heard(ben) if frame["type"] == "presence"]
    assert not left["last_seen"].startswith("2020"), (
        "no error, but Ana has left right now, and Ben's page says that she was last here in 2020."
    )
    assert counted(site, "ben") == "online (1)", "no error, but Ana has left, and Ben, who is here, is counted out."


async def heard(chat):
    """Return the frames that have come so far."""
    await tell(chat, {"type": "history"})
    return await hear(chat, "history")


async def exercise_1(site):
    """Let Ana open two chats and close them, while Ben watches; return who counts as online, and what Ben is told."""
    async with open_chat(site, "ben", "ana") as ben:
        await hear(ben, "presence")
        async with open_chat(site, "ana", "ben") as first, open_chat(site, "ana", "chloe") as second:
            for chat in (first, second):
                await hear(chat, "presence")
            frames = await hear(ben, "presence")
            seen = [counted(site, "ana")]
            for chat in (first, second):
                await close(site, chat)
                seen.append(counted(site, "ana"))
        frames += await heard(ben)
        told = ["online" if frame["is_online"] else "offline" for frame in frames if frame["type"] == "presence"]
        if seen[1:] == ["online (1)", "offline (0)"] and told == ["online", "offline"]:
            await expect_what_others_see(site, ben)
    return f"Ana with two chats, one, none: {', '.join(seen)}; Ben is told: {', '.join(told)}"


async def exercise_2(site):
    """Let Ana log out while two of her chats are open, and one of Ben's; return what becomes of them."""
    async with (
        open_chat(site, "ben", "ana") as ben,
        open_chat(site, "ana", "ben") as first,
        open_chat(site, "ana", "chloe") as second,
    ):
        for chat in (ben, first, second):
            await hear(chat, "presence")
        page = await asyncio.to_thread(ask, site, "ana", "/logout/", "POST")
        await asyncio.wait([asyncio.create_task(chat.wait_closed()) for chat in (first, second)], timeout=2)
        codes = [chat.close_code or "open" for chat in (first, second, ben)]
    return "Ana's page: {}; her chats: {}, {}; Ben's: {}".format(page, *codes)
