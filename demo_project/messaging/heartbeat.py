"""One beat a process: what all of its open chats must know is looked up for all of them together.

A consumer hears of it between the frames of its client, one at a time.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from django.db import InterfaceError, OperationalError

from messaging.models import HEARTBEAT
from messaging.signs_of_life import Seat, look_after, newest_message_id

logger = logging.getLogger("messaging")
Receive = Callable[[], Awaitable[dict[str, Any]]]
LOOK_BACK = 1_000  # messages, more than are stored between the first chat and the first beat
AT_ONCE = 20  # chats that hear of a beat, before it is somebody else's turn


class Ear:
    """An ASGI `receive` that also gives what the process itself has to tell."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.told: deque[dict[str, Any]] = deque()
        self.waiting: asyncio.Timeout | None = None

    def tell(self, event: dict[str, Any]) -> None:
        """Give an event to whoever waits, before the client's next one."""
        self.told.append(event)
        if self.waiting and len(self.told) == 1:
            self.waiting.reschedule(0)  # a time that is over

    async def __call__(self) -> dict[str, Any]:
        """Wait for the next event of either side."""
        try:
            if not self.told:
                async with asyncio.timeout(None) as self.waiting:
                    return await self.receive()
        except TimeoutError:
            pass
        finally:
            self.waiting = None
        return self.told.popleft()


class Chat(Protocol):
    """What the heart needs of a consumer."""

    seat: Seat
    ear: Ear


class Heart:
    """Beats for the open chats of one process, every HEARTBEAT seconds while there are any."""

    def __init__(self) -> None:
        self.chats: dict[Seat, Chat] = {}
        self.newest: list[int] = []  # ids of the newest message at the last beats
        self.beating: asyncio.Task[None] | None = None

    def add(self, chat: Chat) -> None:
        """Begin to look after an open chat."""
        self.chats[chat.seat] = chat
        if self.beating is None or self.beating.done():
            # In a context of its own: that of a connection ends with it, and with it the way to its database thread.
            self.beating = asyncio.create_task(self.beat_on(), context=Context())

    def discard(self, chat: Chat) -> None:
        """Forget a chat that has ended."""
        self.chats.pop(chat.seat, None)
        if self.beating and not self.chats:
            self.beating.cancel()
            self.beating = None

    async def beat_on(self) -> None:
        """Beat until there is no chat left."""
        self.newest.clear()
        while True:
            try:
                if self.newest:
                    await self.beat()
                else:
                    self.newest.append(await newest_message_id() - LOOK_BACK)
            except (OperationalError, InterfaceError) as error:
                logger.warning("no heartbeat, as the database does not answer: %s", error)
            await asyncio.sleep(HEARTBEAT)

    async def beat(self) -> None:
        """Look after all chats, and tell each of them what was found."""
        chats = list(self.chats.values())
        # A message may get its id before a beat and be committed after it: hence all since the last beat but one.
        signs, newest = await look_after([chat.seat for chat in chats], self.newest[0])
        self.newest = [self.newest[-1], newest]
        for number, chat in enumerate(chats, start=1):
            chat.ear.tell({"type": "chat.heartbeat", "sign": signs[chat.seat]})
            if number % AT_ONCE == 0:
                await asyncio.sleep(HEARTBEAT / 1_000)


_hearts: WeakKeyDictionary[asyncio.AbstractEventLoop, Heart] = WeakKeyDictionary()


def heart() -> Heart:
    """Return the heart of this process, which lives on its event loop."""
    return _hearts.setdefault(asyncio.get_running_loop(), Heart())
