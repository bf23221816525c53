"""What a browser does with LinkUp: log in, show a page, open a chat socket."""

import asyncio
import json
import re
from collections.abc import Awaitable
from http.cookiejar import CookieJar
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from websockets import ClientConnection, ConnectionClosed, Origin, Subprotocol, connect

from linkup_checks.errors import UnexpectedResult
from messaging.protocol import VERSION

LIMIT = 5  # seconds for one answer
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
Answer = TypeVar("Answer")


class Browser:
    """One user's browser, with cookies of its own; it ignores proxies, since LinkUp runs on this machine."""

    socket: ClientConnection

    def __init__(self, port: int, username: str) -> None:
        self.address = f"127.0.0.1:{port}"
        self.username = username
        self.cookies = CookieJar()
        self.opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(self.cookies))

    async def log_in(self, password: str) -> None:
        """Fill in the login page. Raises UnexpectedResult when that does not lead to the inbox."""
        token = TOKEN.search(await self.page("/login/"))
        if token is None:
            raise UnexpectedResult("the login page has no CSRF token")
        form = {"username": self.username, "password": password, "csrfmiddlewaretoken": token[1]}
        await self.page("/login/", form)
        if "sessionid" not in [cookie.name for cookie in self.cookies]:
            raise UnexpectedResult(f"the login page gave {self.username} no session")

    async def page(self, path: str, form: dict[str, str] | None = None) -> str:
        """Return a page, following redirects. Raises UnexpectedResult when LinkUp answers with an error."""

        def fetch() -> str:
            data = urlencode(form).encode() if form else None
            try:
                with self.opener.open(f"http://{self.address}{path}", data, timeout=LIMIT) as response:
                    return response.read().decode()
            except HTTPError as error:
                error.close()
                raise UnexpectedResult(f"{path} answers with status {error.code}") from None

        return await within(f"the page {path}", asyncio.to_thread(fetch))

    async def open_chat(self, peer: str) -> None:
        """Open the socket of the chat page."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)
        opened = connect(
            f"ws://{self.address}/ws/chat/{peer}/",
            origin=Origin(f"http://{self.address}"),
            additional_headers={"Cookie": cookies},
            subprotocols=[Subprotocol(VERSION)],
            proxy=None,
            open_timeout=None,
            close_timeout=LIMIT,
        )
        self.socket = await within(f"{self.username}'s chat socket", opened)

    async def send(self, kind: str, **fields: object) -> None:
        """Send one frame of `messaging.protocol`."""
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def frame(self, kind: str, **fields: object) -> dict[str, Any]:
        """Return the next frame of a kind that has these fields; others may come in between.

        Raises UnexpectedResult when none comes, when LinkUp refuses a frame, and when the socket closes.
        """
        wanted = {"type": kind, **fields}.items()

        async def read() -> dict[str, Any]:
            while not wanted <= (frame := json.loads(await self.socket.recv())).items():
                # After an internal error LinkUp closes the socket, once the log has it.
                if frame["type"] == "error" and frame["code"] != "internal":
                    raise UnexpectedResult(f"LinkUp answers {self.username}: {frame['code']}, {frame['detail']}")
            return frame

        try:
            about = ", ".join(f"{name} {value}" for name, value in fields.items())
            return await within(f"the frame {kind} of {self.username}{about and ': '}{about}", read())
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else "none"
            raise UnexpectedResult(f"LinkUp closed {self.username}'s socket with code {code}") from None


async def within(what: str, answer: Awaitable[Answer]) -> Answer:
    """Return an answer. Raises UnexpectedResult when it takes longer than LIMIT."""
    try:
        async with asyncio.timeout(LIMIT):
            return await answer
    except TimeoutError:
        raise UnexpectedResult(f"waited {LIMIT} seconds for {what}") from None
