"""Clients that cost as little as possible, the same for all chats that are compared: no page, no catching up."""

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter
from uuid import uuid4

import websockets
from crowd import Crowd

from server import frame_of


class Talker:
    """One side of a conversation, which sends its next message when the last one is through.

    Through is a message that the other side has read; in a chat without receipts, one that has come back.
    """

    def __init__(self, chat: websockets.ClientConnection, user_id: int, receipts: bool) -> None:
        self.chat, self.user_id, self.receipts = chat, user_id, receipts
        self.through = 0
        self.is_talking = False
        self.silent, self.receipt = asyncio.Event(), asyncio.Event()
        self.silent.set()
        self.last_id = 0

    async def say(self) -> None:
        """Send a message."""
        self.silent.clear()
        self.receipt.clear()
        await self.chat.send(json.dumps({"type": "message", "client_id": str(uuid4()), "content": "Hello"}))

    async def listen(self) -> None:
        """Answer what comes until the connection ends."""
        async for text in self.chat:
            frame = json.loads(text)
            match frame["type"]:
                case "message" if frame["message"]["sender_id"] == self.user_id:
                    self.last_id = frame["message"]["id"]
                    self.receipt.set()
                    if not self.receipts:
                        await self.go_on()
                case "message" if self.receipts:
                    await self.chat.send(json.dumps({"type": "read", "up_to_id": frame["message"]["id"]}))
                case "status" if frame["status"] == "read" and frame["recipient_id"] != self.user_id:
                    if frame["up_to_id"] == self.last_id:
                        await self.go_on()
                case "error":
                    raise RuntimeError(text)

    async def go_on(self) -> None:
        """Count a message that is through, and send the next."""
        self.through += 1
        if self.is_talking:
            await self.say()
        else:
            self.silent.set()

    async def seconds_to_receipt(self) -> float:
        """Send one message, and return how long its receipt took."""
        start = perf_counter()
        await self.say()
        await self.receipt.wait()
        return perf_counter() - start


class Hall:
    """Talkers at one server; they are connected all the time, and talk when they are asked to."""

    def __init__(self, talkers: list[Talker], listening: list[asyncio.Task[None]]) -> None:
        self.talkers, self.listening = talkers, listening

    async def messages_per_second(self, seconds: float) -> float:
        """Let all of them talk for a while, and return how many messages got through until they were silent."""
        before, start = self.through, perf_counter()
        for talker in self.talkers:
            talker.is_talking = True
            await talker.say()
        await asyncio.sleep(seconds)
        await self.calm()
        return (self.through - before) / (perf_counter() - start)

    async def calm(self) -> None:
        """Wait until the last message is through."""
        for talker in self.talkers:
            talker.is_talking = False
        silent = asyncio.gather(*[talker.silent.wait() for talker in self.talkers])
        done, _others = await asyncio.wait([silent, *self.listening], timeout=30, return_when="FIRST_COMPLETED")
        assert done == {silent}, done or "messages got lost"

    @property
    def through(self) -> int:
        """How many messages have got through."""
        return sum(talker.through for talker in self.talkers)


@asynccontextmanager
async def hall(site: Crowd, number: int, receipts: bool = True):
    """Connect the first so many users, two and two."""
    async with AsyncExitStack() as stack:
        talkers = []
        for user in range(number):
            chat = await stack.enter_async_context(site.connected(user))
            await frame_of(chat, "presence")
            talkers.append(Talker(chat, site.users[user][0], receipts))
        listening = [asyncio.create_task(talker.listen()) for talker in talkers]
        stack.callback(lambda: [task.cancel() for task in listening])
        yield Hall(talkers, listening)
