"""Real uses of LinkUp that show the bug, and what wrong repairs cost; the lesson has the same functions."""

import asyncio
import contextlib
import http.client
import json
import secrets
import sqlite3
from urllib.parse import urlsplit

import websockets

MESSAGE = {"type": "message", "client_id": "6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b55", "content": "Who brings popcorn?"}
READ = {"type": "read", "up_to_id": 2}  # Ben's message, the second of LinkUp's demo conversation


def open_chat(site, user, peer):
    """Return a socket of a user's chat, for `async with`."""
    return websockets.connect(site.ws(f"/ws/chat/{peer}/"), additional_headers=site.login(user))


async def tell(chat, *frames):
    """Send frames; as in a browser, those that come after the end of the socket are dropped."""
    with contextlib.suppress(websockets.ConnectionClosed):
        for frame in frames:
            await chat.send(json.dumps(frame))


async def hear(chat, last):
    """Return the frames that come, up to the first of type `last`, the end of the socket, or the end of patience."""
    frames = []
    with contextlib.suppress(websockets.ConnectionClosed, TimeoutError):
        async with asyncio.timeout(15):
            while not frames or frames[-1]["type"] != last:
                frames.append(json.loads(await chat.recv()))
    return frames


def words(frames):
    """Return what frames say to their user: the type of each, and the one thing that matters in it."""
    said = []
    for frame in frames:
        match frame:
            case {"message": {"status": word}} | {"status": word} | {"code": word}:
                said.append(f"{frame['type']} ({word})")
            case {"messages": messages}:
                said.append(f"{frame['type']} ({len(messages)})")
            case _:
                said.append(frame["type"])
    return ", ".join(said)


def start_over(site):
    """Make the conversation what it was at first, so that whatever follows can be run again."""
    with contextlib.closing(sqlite3.connect(site.database)) as database, database:
        database.execute("DELETE FROM messaging_message WHERE id > 3")
        database.execute("UPDATE messaging_message SET status = 'sent'")


def fetch_page(site):
    """Return the status of Ana's chat page over HTTP, and the number of messages on it."""
    with contextlib.closing(http.client.HTTPConnection(urlsplit(site.url).netloc)) as connection:
        connection.request("GET", "/chat/ben/", headers=site.login("ana"))
        answer = connection.getresponse()
        page = answer.read().decode()
    return f"{answer.status}, {page.count('sender_id')} messages" if answer.status == 200 else str(answer.status)


async def use_chat(site):
    """Let Ana write, read Ben's message, write the same again, and ask for the history; return how it all went."""
    start_over(site)
    async with open_chat(site, "ana", "ben") as chat:
        told = await hear(chat, "presence")
        await tell(chat, MESSAGE, READ)
        told += await hear(chat, "status")
        # Her browser has lost the receipt, say, and sends the message again.
        await tell(chat, MESSAGE, {"type": "history"})
        told += (await hear(chat, "history"))[-1:]
        end = f", closed with code {chat.close_code}" if chat.close_code else ""
    ((stored,),) = site.rows("SELECT count(*) FROM messaging_message WHERE content = 'Who brings popcorn?'")
    page = await asyncio.to_thread(fetch_page, site)
    return f"Ana is told: {words(told)}{end}\nstored: {stored}\nher page: {page}"


async def read_message(site):
    """Let Ana read Ben's message; return what she is told, and what is stored."""
    start_over(site)
    async with open_chat(site, "ana", "ben") as chat:
        await hear(chat, "presence")
        await tell(chat, READ)
        told = await hear(chat, "status")
    ((stored,),) = site.rows("SELECT status FROM messaging_message WHERE id = 2")
    return f"Ana is told: {words(told)}\nstored: {stored}"


async def write_to_each_other(site):
    """Let Ana write to Ben, who has their chat open, and then both type; return who has the message by then."""
    start_over(site)
    async with open_chat(site, "ben", "ana") as ben, open_chat(site, "ana", "ben") as ana:
        await hear(ana, "presence")
        # A typing mark takes the way that messages take, so it cannot overtake one.
        await tell(ana, MESSAGE, {"type": "typing"})
        bens = await hear(ben, "typing")
        await tell(ben, {"type": "typing"})
        anas = await hear(ana, "typing")
    has = {who: "message" in [frame["type"] for frame in seen] for who, seen in [("Ana", anas), ("Ben", bens)]}
    return ", ".join(f"{who} {'has' if it else 'does not have'} the message" for who, it in has.items())


async def mark_in_two_tabs(site):
    """Let two of Ana's tabs mark Ben's message at the same time; return what is stored."""
    return await site.run("two_tabs.py")


async def ask_for_history(site):
    """Ask for the history as a chat page does when it opens; return what Ana is told."""
    start_over(site)
    async with open_chat(site, "ana", "ben") as chat:
        await hear(chat, "presence")
        await tell(chat, {"type": "history"})
        told = await hear(chat, "history")
        end = f", closed with code {chat.close_code}" if chat.close_code else ""
    return f"Ana is told: {words(told)}{end}"


async def reproduce(site):
    """Send a message: LinkUp stores it."""
    return await use_chat(site)


async def control(site):
    """Do the same work where no event loop is running."""
    return await site.run("control.py")


def write_many(site):
    """Let Ana and Ben write sixty messages that nobody knows beforehand, and Chloe one; return the ids of their own."""
    people = dict(site.rows("SELECT username, id FROM auth_user"))
    pairs = [("ana", "ben"), ("ben", "ana")] * 30
    secrets.SystemRandom().shuffle(pairs)
    columns = "sender_id, recipient_id, content, status, created_at, updated_at"
    with contextlib.closing(sqlite3.connect(site.database)) as database, database:
        for sender, recipient in [*pairs, ("chloe", "ana")]:
            database.execute(
                f"INSERT INTO messaging_message ({columns}) VALUES (?, ?, ?, 'read', datetime(), datetime())",  # noqa: S608
                (people[sender], people[recipient], secrets.token_hex(8)),
            )
    both = f"({people['ana']}, {people['ben']})"
    between = f"sender_id IN {both} AND recipient_id IN {both}"
    return [number for (number,) in site.rows(f"SELECT id FROM messaging_message WHERE {between} ORDER BY id")]  # noqa: S608


async def exercise_1(site):
    """Ask for the history as a chat page does: the newest messages, older ones, newer ones."""
    told = []
    async with open_chat(site, "ana", "ben") as chat:
        for where in ({}, {"before_id": 2}, {"after_id": 2}):
            await tell(chat, {"type": "history"} | where)
            told += (await hear(chat, "history"))[-1:]
        page = await asyncio.to_thread(fetch_page, site)
        if words(told) == "history (3), history (1), history (1)":
            ids = write_many(site)
            first, last = ids[10], ids[-5]
            for where, wanted in [
                ({}, ids[-50:]),
                ({"before_id": first}, ids[:10]),
                ({"after_id": last}, ids[-4:]),
            ]:
                await tell(chat, {"type": "history"} | where)
                *_others, history = await hear(chat, "history")
                assert [message["id"] for message in history.get("messages", [])] == wanted, (
                    "no error, but Ana and Ben have gone on writing, and her page does not get their newest fifty "
                    "messages, those before one or those after one: some are missing, too many, or out of order."
                )
    return f"Ana is told: {words(told)}; her page: {page}"


async def exercise_2(site):
    """Let Ana read Ben's message, mark it in two tabs at the same time, in two processes, and in both orders."""
    read, tabs = await read_message(site), await mark_in_two_tabs(site)
    # Where each tab has a connection of its own, either may come first; what is stored is the same.
    tabs = tabs.replace("as delivered: True, stored: read", "as delivered: False, stored: read")
    seen = f"{read}; {tabs}".replace("\n", "; ")
    for script in ("two_processes.py", "../02_online_status/both_orders.py"):
        wrong = await site.run(script) if "SynchronousOnly" not in seen else ""
        assert not wrong, wrong
    return seen
