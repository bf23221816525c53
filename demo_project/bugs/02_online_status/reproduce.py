"""The shortest real use of LinkUp that shows the bug; the lesson has the same functions in its cells."""

import asyncio
import contextlib
import json
import secrets
import sqlite3
from datetime import UTC, datetime, timedelta

import websockets


async def open_chat(site):
    """Open Ana's chat with Ben; return the first frame, or what the server said before it closed the socket."""
    async with websockets.connect(site.ws("/ws/chat/ben/"), additional_headers=site.login("ana")) as chat:
        first = await chat.recv()
        if json.loads(first)["type"] != "error":
            return first
        await chat.wait_closed()
        return f"error: {json.loads(first)['code']}, closed with code {chat.close_code}"


async def ping_while_ana_waits(site):
    """Make Ana's status wait for the database, and let Ben ping meanwhile; return what happened, in order."""
    async with websockets.connect(site.ws("/ws/chat/ana/"), additional_headers=site.login("ben")) as ben:
        await ben.recv()
        async with site.timeline("set_user_online_status") as line:
            with site.locked_database():
                ana = asyncio.create_task(open_chat(site))
                await site.waiting_for_database()
                await line.ping("Ben", ben)
            await ana
    return line


async def reproduce(site):
    """Open a chat: LinkUp marks the user as online."""
    return await open_chat(site)


async def control(site):
    """Do the same work where no event loop is running."""
    return await site.run("control.py")


async def presence_of_ben(site):
    """Return what Ana is told of Ben when she opens their chat, or how her socket ended."""
    first = await open_chat(site)
    if not first.startswith("{"):
        return first
    return "online" if json.loads(first)["is_online"] else "offline"


async def expect_chloes_presence(site):
    """Let Chloe have been here at a time that nobody knows beforehand; see that Ana is told that time."""
    ((chloe,),) = site.rows("SELECT id FROM auth_user WHERE username = 'chloe'")
    left = datetime.now(UTC) - timedelta(minutes=5 + secrets.randbelow(500))
    with contextlib.closing(sqlite3.connect(site.database)) as database, database:
        row = chloe, f"{left:%Y-%m-%d %H:%M:%S.%f}"
        database.execute(
            "INSERT OR REPLACE INTO messaging_userstatus (user_id, is_online, last_seen) VALUES (?, 0, ?)", row
        )
    async with websockets.connect(site.ws("/ws/chat/chloe/"), additional_headers=site.login("ana")) as chat:
        told = json.loads(await chat.recv())
    assert (told["is_online"], told["last_seen"]) == (False, left.isoformat()), (
        "no error, but Chloe was here this morning, and Ana's page says something else of her."
    )


async def exercise_1(site):
    """Open Ana's chat while Ben is away, and again while he is there; return what she is told of him."""
    away = await presence_of_ben(site)
    async with websockets.connect(site.ws("/ws/chat/ana/"), additional_headers=site.login("ben")) as ben:
        with contextlib.suppress(websockets.ConnectionClosed):
            await ben.recv()
        here = await presence_of_ben(site)
    if (away, here) == ("offline", "online"):
        await expect_chloes_presence(site)
    return f"while Ben is away: {away}, while he is there: {here}"


async def exercise_2(site):
    """Send Ben a message while his chat is open; return what Ana is told of it, what is stored, and a script's view."""
    states = []

    async def send_and_listen(ana):
        client_id = "6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b55"
        await ana.send(json.dumps({"type": "message", "client_id": client_id, "content": "Are you there?"}))
        while states[-1:] != ["delivered"]:
            frame = json.loads(await ana.recv())
            if frame["type"] in ("message", "status"):
                states.append(frame["message"]["status"] if frame["type"] == "message" else frame["status"])

    ben_headers, ana_headers = site.login("ben"), site.login("ana")
    async with websockets.connect(site.ws("/ws/chat/ana/"), additional_headers=ben_headers) as ben:
        await ben.recv()
        async with websockets.connect(site.ws("/ws/chat/ben/"), additional_headers=ana_headers) as ana:
            ends = [asyncio.create_task(send_and_listen(ana)), asyncio.create_task(ben.wait_closed())]
            try:
                await asyncio.wait(ends, timeout=10, return_when=asyncio.FIRST_COMPLETED)
            finally:  # the check gives up early when nobody is served any more
                for task in ends:
                    task.cancel()
                await asyncio.gather(*ends, return_exceptions=True)
    ((stored,),) = site.rows("SELECT status FROM messaging_message WHERE content = 'Are you there?'")
    script = await site.run("sync_caller.py")
    if states == ["sent", "delivered"] and stored == "delivered" and script.endswith("True"):
        wrong = await site.run("both_orders.py")
        assert not wrong, wrong
    return f"Ana is told: {', '.join(states)}; stored: {stored}; {script}"
