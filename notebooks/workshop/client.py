"""A small client of LinkUp: what the browser of a user sends and is told."""

import asyncio
import contextlib
import http.client
import json
import re
import socket
import sqlite3
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import websockets

from .site import Site

MESSAGE = {"type": "message", "client_id": "6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b55", "content": "Who brings popcorn?"}
READ = {"type": "read", "up_to_id": 2}  # Ben's message, the second of LinkUp's demo conversation
STILL_ON_ITS_WAY = 0.2  # seconds for what a server had sent before it failed


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


def add_messages(site: Site, number: int) -> None:
    """Let Ana write to Ben some times more; `start_over` takes that back."""
    columns = "sender_id, recipient_id, content, status, created_at, updated_at"
    first = f"SELECT {columns} FROM messaging_message WHERE id = 1"  # noqa: S608 - constants
    with contextlib.closing(sqlite3.connect(site.database)) as database, database:
        database.executemany(f"INSERT INTO messaging_message ({columns}) {first}", [()] * number)


def fetch_page(site: Site) -> str:
    """Return the status of Ana's chat page over HTTP, and the number of messages on it."""
    page = _request(site, "GET", "/chat/ben/", "ana")
    return f"{page.status}, {page.text.count('sender_id')} messages" if page.status == 200 else str(page.status)


@dataclass(frozen=True)
class Page:
    """What came over HTTP: shown as its status, and as the people in it where it is an inbox or its list."""

    status: int
    text: str
    location: str = ""

    def __str__(self) -> str:
        return ", ".join([str(self.status), *self.people])

    @property
    def people(self) -> list[str]:
        """Who is in the list, how many messages are unread, and the last one: ['ben (2 unread) "You: Hi"', "chloe"]."""
        rows = re.findall(r"<li>\s*<a [^>]*>(.+?)</a>(.*?)</li>", self.text, re.S)
        return [" ".join([name, *_unread(more), *_last(more)]) for name, more in rows]

    @property
    def source(self) -> str:
        """The address at which an inbox asks for its list again."""
        found = re.search(r'data-source="(.+?)"', self.text)
        return unescape(found[1]) if found else ""


def _unread(row: str) -> list[str]:
    return [f"({number} unread)" for number in re.findall(r'class="unread">(\d+)', row)]


def _last(row: str) -> list[str]:
    return [f'"{unescape(text)}"' for text in re.findall(r'class="last"[^>]*>(.*?)</p>', row, re.S)]


async def get(site: Site, path: str, user: str = "") -> Page:
    """Return a page as a user gets it, or without a name as a visitor does."""
    return await asyncio.to_thread(_request, site, "GET", path, user)


async def post(site: Site, path: str, user: str = "") -> Page:
    """Press the button of a form that has nothing to fill in."""
    return await asyncio.to_thread(_request, site, "POST", path, user)


def ask(site: Site, user: str, path: str, method: str = "GET") -> str:
    """Ask for a page, or press a button ("POST"), as a user; return the status, and where it leads or what it says.

    What a whole page says is left out.
    """
    page = _request(site, method, path, user)
    said = page.location or page.text
    return f"{page.status}, {said}" if said and not said.lstrip().startswith("<") else str(page.status)


def _request(site: Site, method: str, path: str, user: str) -> Page:
    headers = site.login(user) if user else {"Cookie": ""}
    token = "t" * 32  # that of the form, and of the cookie
    headers |= {"Cookie": f"{headers['Cookie']}; csrftoken={token}", "X-CSRFToken": token}
    with contextlib.closing(http.client.HTTPConnection(urlsplit(site.url).netloc)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return Page(answer.status, answer.read().decode(), answer.getheader("Location") or "")


@dataclass(frozen=True)
class Answer:
    """What has come of an answer over HTTP: its status, or None before that, its text, and whether that is all."""

    status: int | None
    text: str
    is_whole: bool


async def fetch(site: Site, path: str, user: str) -> Answer:
    """Return what a browser gets that asks for a page in a user's name.

    await fetch(site, "/download/", "ana")

    Where the server fails in the middle and closes nothing, a browser waits on; this one leaves then.
    """
    position = site.position()

    def ended() -> list[dict[str, Any]]:
        return [event for event in site.since(position) if event["event"] == "ended" and event["kind"] == "http"]

    address = urlsplit(site.url)
    line = await asyncio.to_thread(socket.create_connection, (address.hostname, address.port))
    reading = asyncio.create_task(asyncio.to_thread(_read, line, address.netloc, path, site.login(user)))
    try:
        await site.until(ended)
        await asyncio.wait([reading], timeout=STILL_ON_ITS_WAY if ended()[0]["failed"] else None)
    finally:
        with contextlib.suppress(OSError):  # the server has closed it
            line.shutdown(socket.SHUT_RDWR)
        answer = await reading
        line.close()
    return answer


def _read(line: socket.socket, host: str, path: str, headers: dict[str, str]) -> Answer:
    connection = http.client.HTTPConnection(host)
    connection.sock = line
    status = None
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        status = answer.status
        return Answer(status, answer.read().decode(), True)
    except http.client.IncompleteRead as error:
        return Answer(status, error.partial.decode(), False)
    except (http.client.HTTPException, ConnectionError):
        return Answer(status, "", False)
