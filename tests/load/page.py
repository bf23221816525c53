"""A chat page without a browser: it connects, catches up and comes back as the scripts of LinkUp's page do."""

import asyncio
import contextlib
import json
import random
from uuid import uuid4

import websockets

OVERLAP = 50  # ids, as in history.js
FINAL = {4400, 4401, 4403, 4404, 4429, 4430}  # as in connection.js
LONGEST, TURN, TURN_CODE = 30, 8, 4503  # seconds


class Page:
    """One user's open chat. `shown` holds what the page shows, by id; `seen` is when each message came first."""

    def __init__(self, address: str, cookie: str, origin: str, reads: bool = False) -> None:
        self.address, self.reads = address, reads
        self.headers = {"Cookie": cookie, "Origin": origin}
        self.shown: dict[int, dict] = {}
        self.sent: dict[str, asyncio.Future] = {}
        self.named: set[int] = set()
        self.complete: int | None = None
        self.catching_up = False
        self.failures = 0
        self.joined = asyncio.Event()
        self.changed = asyncio.Condition()
        self.chat: websockets.ClientConnection | None = None
        self.statuses: dict[int, str] = {}
        self.refused: int | None = None
        self.contents: dict[str, str] = {}

    async def run(self) -> None:
        """Be open until cancelled, or until the server says no for good."""
        while True:
            code = await self.connect_once()
            self.joined.clear()
            if code in FINAL:
                self.refused = code
                return
            longest = TURN if code == TURN_CODE else LONGEST
            await asyncio.sleep(1 + random.random() * min(longest - 1, 2**self.failures))
            self.failures += 1

    async def connect_once(self) -> int | None:
        """Serve one connection to its end, and return the code it was closed with."""
        try:
            async with websockets.connect(
                self.address, additional_headers=self.headers, open_timeout=10, max_size=2**20, ping_interval=None
            ) as self.chat:
                async for text in self.chat:
                    await self.hear(json.loads(text))
        except (OSError, TimeoutError, websockets.WebSocketException):
            pass
        return self.chat.close_code if self.chat else None

    async def hear(self, frame: dict) -> None:
        """Do what the page does with a frame."""
        match frame["type"]:
            case "presence" if not self.joined.is_set():
                self.joined.set()
                await self.catch_up()
                for client_id in [key for key, receipt in self.sent.items() if not receipt.done()]:
                    await self.send_again(client_id)
            case "message":
                self.show(frame["message"])
                self.name(frame["message"]["previous_id"])
                if self.reads and frame["message"]["client_id"] not in self.sent:
                    await self.ask({"type": "read", "up_to_id": frame["message"]["id"]})
            case "newest":
                self.name(frame["sent_id"])
                self.name(frame["received_id"])
            case "status":
                self.statuses[frame["up_to_id"]] = frame["status"]
            case "ping":
                await self.ask({"type": "pong", "token": frame["token"]})
            case "history":
                for message in frame["messages"]:
                    self.show(message)
                if frame["messages"]:
                    await self.ask({"type": "history", "after_id": frame["messages"][-1]["id"]})
                else:
                    self.catching_up, self.complete = False, max(self.shown, default=0)
                    self.named = {number for number in self.named if number not in self.shown}
            case "error" if frame["code"] in ("unavailable", "too_fast"):
                asyncio.get_running_loop().call_later(2, lambda: asyncio.ensure_future(self.retry()))
        if self.named and not self.catching_up:
            await self.catch_up()
        async with self.changed:
            self.changed.notify_all()

    async def retry(self) -> None:
        """Send again what the server could not serve."""
        if self.joined.is_set():
            self.catching_up = False
            await self.catch_up()
            for client_id in [key for key, receipt in self.sent.items() if not receipt.done()]:
                await self.send_again(client_id)

    def show(self, message: dict) -> None:
        """Show a message, which is the receipt of one's own."""
        self.shown.setdefault(message["id"], message)
        receipt = self.sent.get(message["client_id"])
        if receipt and not receipt.done():
            receipt.set_result(message)

    def name(self, number: int | None) -> None:
        """Note a message that the server has named and the page does not show."""
        if number is not None and number not in self.shown:
            self.named.add(number)

    async def catch_up(self) -> None:
        """Ask for what is missing."""
        if self.complete is None:
            self.complete = max(self.shown, default=0)
        after = max(0, min([self.complete - OVERLAP, *[number - 1 for number in self.named]]))
        self.catching_up = True
        self.named.clear()
        await self.ask({"type": "history", "after_id": after})

    async def ask(self, frame: dict) -> None:
        """Send a frame; one that meets the end of the connection is lost."""
        with contextlib.suppress(websockets.ConnectionClosed):
            await self.chat.send(json.dumps(frame))

    async def send(self, content: str) -> dict:
        """Send a message, as often as it takes, and return its receipt."""
        client_id = str(uuid4())
        self.contents[client_id] = content
        self.sent[client_id] = asyncio.get_running_loop().create_future()
        await self.send_again(client_id)
        return await self.sent[client_id]

    async def send_again(self, client_id: str) -> None:
        """Send one message whose receipt is missing."""
        if self.joined.is_set():
            await self.ask({"type": "message", "client_id": client_id, "content": self.contents[client_id]})

    async def shows_more(self) -> None:
        """Wait until another message is shown."""
        number = len(self.shown)
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.shown) > number)

    async def shows(self, number: int) -> None:
        """Wait until a message is shown."""
        async with self.changed:
            await self.changed.wait_for(lambda: number in self.shown)
