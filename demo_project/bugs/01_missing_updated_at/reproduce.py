"""The shortest real use of LinkUp that shows the bug; the lesson has the same functions in its cells."""

import asyncio
import json
import re
import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import websockets


async def send_message(site):
    """Send Ben a message from Ana's chat; return what she is told, and how her socket ends after an error."""
    async with websockets.connect(site.ws("/ws/chat/ben/"), additional_headers=site.login("ana")) as chat:
        await chat.recv()  # whether Ben is there
        client_id = "5b0e3f0a-7c55-4d0e-9a57-1f2f0c9be2a1"  # her browser's choice, the same in each attempt
        await chat.send(json.dumps({"type": "message", "client_id": client_id, "content": "Popcorn is on me."}))
        answer = json.loads(await chat.recv())
        if answer["type"] == "message":
            return f"message, {answer['message']['status']}"
        if answer["code"] == "internal":
            await chat.wait_closed()
    return f"error {answer['code']}, closed with code {chat.close_code}"


def stored(site):
    """Return the status of each copy of Ana's message in the database."""
    return [status for (status,) in site.rows("SELECT status FROM messaging_message WHERE content LIKE 'Popcorn%'")]


def chat_page(site, username):
    """Ask for Ana's page of a chat and return its status: 200 is a page, 500 an error in the view."""
    with closing(HTTPConnection(urlsplit(site.url).netloc)) as browser:
        browser.request("GET", f"/chat/{username}/", headers=site.login("ana"))
        return browser.getresponse().status


async def send_while_ben_is_there(site):
    """Let Ana write while Ben's chat is open; return the frames he gets, the end of his chat, and what is stored."""
    async with websockets.connect(site.ws("/ws/chat/ana/"), additional_headers=site.login("ben")) as ben:
        await ben.recv()  # whether Ana is there
        if (answer := await send_message(site)) != "message, sent":
            return f"Ana is told: {answer}"
        frames = []
        async for frame in ben:
            kind = json.loads(frame)["type"]
            if kind != "presence":
                frames.append(kind)
            if kind not in ("presence", "message"):
                break
        if kind == "error":
            await ben.wait_closed()
    return f"Ben gets: {', '.join(frames)}; his chat ends with code {ben.close_code}; stored: {', '.join(stored(site))}"


async def look_changed(site):
    """Tell how many messages look as if they had been changed after they were written."""
    later = [later for (later,) in site.rows("SELECT updated_at > created_at FROM messaging_message")]
    return f"{sum(later)} of {len(later)} messages look changed"


async def reproduce(site):
    """Send a message, look for it in the database, and open the chat page."""
    answer = await send_message(site)
    page = await asyncio.to_thread(chat_page, site, "ben")
    return f"Ana is told: {answer}; stored: {len(stored(site))}; page: {page}"


async def control(site):
    """Do the same write where nothing is serialized."""
    return await site.run("control.py")


async def load_history(site):
    """Return the messages of Ana's chat with Ben as her socket gets them; none when it gets an error instead."""
    async with websockets.connect(site.ws("/ws/chat/ben/"), additional_headers=site.login("ana")) as chat:
        await chat.send(json.dumps({"type": "history"}))
        frame = {"type": "presence"}
        while frame["type"] == "presence":
            frame = json.loads(await chat.recv())
        return frame.get("messages", [])


def change_later(site):
    """Have Ben's message be changed some hours after it was written; return its id, and when that was."""
    hours = 2 + secrets.randbelow(20)
    with closing(sqlite3.connect(site.database)) as database, database:
        later = f"strftime('%Y-%m-%d %H:%M:%f', created_at, '+{hours} hours')"
        database.execute(f"UPDATE messaging_message SET updated_at = {later} WHERE id = 2")  # noqa: S608
    ((changed,),) = site.rows("SELECT updated_at FROM messaging_message WHERE id = 2")
    return 2, datetime.fromisoformat(changed).replace(tzinfo=UTC)


async def exercise_1(site):
    """Send a message; return what Ana is told, and whether the times of her history are as promised."""
    answer = await send_message(site)
    changed_id, changed_at = change_later(site)
    messages = await load_history(site)
    times = [str(message.get(name)) for message in messages for name in ("created_at", "updated_at")]
    wrong = [time for time in times if not re.fullmatch(r"[\d-]{10}T[\d:.]{8,15}(Z|[+-]\d\d:\d\d)", time)]
    verdict = wrong[0] if wrong else "ISO 8601 with offset" if times else "none"
    if times and not wrong:
        (told,) = (message["updated_at"] for message in messages if message["id"] == changed_id)
        assert abs(datetime.fromisoformat(told) - changed_at) < timedelta(seconds=1), (
            "no error, but Ben's message was changed hours after he wrote it, and Ana's history tells another time: "
            "a program that copies what was changed would miss it, or copy all."
        )
    return f"Ana is told: {answer}; the times in her history: {verdict}"


async def exercise_2(site):
    """Load the history of an old conversation; return how many of its messages look as if they had been changed."""
    messages = await load_history(site)
    changed = sum(message.get("updated_at") != message.get("created_at") for message in messages)
    return f"Ana's history: {len(messages)} messages, {changed} of them changed after they were written"
