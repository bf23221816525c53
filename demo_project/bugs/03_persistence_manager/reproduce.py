"""Real uses of LinkUp that show the bug, and what wrong repairs cost; the lesson has the same functions."""

import asyncio
import contextlib
import secrets
import sqlite3

from workshop.client import MESSAGE, READ, fetch_page, hear, open_chat, start_over, tell, words


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
    if "SynchronousOnly" in seen or "stored: sent" in seen:  # that is answer enough
        return seen
    for script in ("two_processes.py", "../02_online_status/both_orders.py"):
        wrong = await site.run(script)
        assert not wrong, wrong
    return seen
