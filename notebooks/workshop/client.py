"""A small client of LinkUp: what the browser of a user sends and is told."""

import asyncio
import contextlib
import http.client
import json
import sqlite3
from typing import Any
from urllib.parse import urlsplit

import websockets

from .site import Site

MESSAGE = {"type": "message", "client_id": "6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b55", "content": "Who brings popcorn?"}
READ = {"type": "read", "up_to_id": 2}  # Ben's message, the second of LinkUp's demo conversation


def open_chat(site: Site, user: str, peer: str) -> websockets.connect:
    """Return the socket of a user's chat with a peer, for `async with`."""
    return websockets.connect(site.ws(f"/ws/chat/{peer}/"), additional_headers=site.login(user))


async def tell(chat: websockets.ClientConnection, *frames: dict[str, Any]) -> None:
    """Send frames; as in a browser, those that come after the end of the socket are dropped."""
    with contextlib.suppress(websockets.ConnectionClosed):
        for frame in frames:
            await chat.send(json.dumps(frame))


async def hear(chat: websockets.ClientConnection, last: str) -> list[dict[str, Any]]:
    """Return the frames that come, up to the first of type `last`, the end of the socket, or the end of patience."""
    frames: list[dict[str, Any]] = []
    with contextlib.suppress(websockets.ConnectionClosed, TimeoutError):
        async with asyncio.timeout(15):
            while not frames or frames[-1]["type"] != last:
                frames.append(json.loads(await chat.recv()))
    return frames


def words(frames: list[dict[str, Any]]) -> str:
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


def start_over(site: Site) -> None:
    """Make the conversation what it was at first, so that whatever follows can be run again."""
    with contextlib.closing(sqlite3.connect(site.database)) as database, database:
        database.execute("DELETE FROM messaging_message WHERE id > 3")
        database.execute("UPDATE messaging_message SET status = 'sent'")


def fetch_page(site: Site) -> str:
    """Return the status of Ana's chat page over HTTP, and the number of messages on it."""
    with contextlib.closing(http.client.HTTPConnection(urlsplit(site.url).netloc)) as connection:
        connection.request("GET", "/chat/ben/", headers=site.login("ana"))
        answer = connection.getresponse()
        page = answer.read().decode()
    return f"{answer.status}, {page.count('sender_id')} messages" if answer.status == 200 else str(answer.status)


def ask(site: Site, user: str, path: str, method: str = "GET") -> str:
    """Ask for a page, or press a button ("POST"), as a user; return the status, and where it leads or what it says.

    What a whole page says is left out.
    """
    token = "t" * 32  # that of the form, and of the cookie
    headers = site.login(user)
    headers |= {"Cookie": f"{headers['Cookie']}; csrftoken={token}", "X-CSRFToken": token}
    with contextlib.closing(http.client.HTTPConnection(urlsplit(site.url).netloc)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        said = answer.getheader("Location") or answer.read().decode()
    return f"{answer.status}, {said}" if said and not said.lstrip().startswith("<") else str(answer.status)
