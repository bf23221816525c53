"""kill -9 under load: what was acknowledged is stored once and in order; nothing is lost that a client sends again."""

import asyncio
import contextlib
import json
import random
from uuid import uuid4

import pytest
import websockets

PAIRS = [("ana", "ben"), ("ben", "ana"), ("ana", "chloe"), ("chloe", "ben")]
LOST = (websockets.ConnectionClosed, websockets.InvalidHandshake, OSError, EOFError)


class Sender:
    """A client as the chat page is one: it numbers its messages, and sends again what has no receipt."""

    def __init__(self, site, user, peer):
        self.site, self.user, self.peer = site, user, peer
        self.waiting, self.acknowledged, self.number = {}, [], 0
        self.has_stopped = False

    def next_frame(self):
        client_id = str(uuid4())
        self.waiting[client_id] = str(self.number)
        self.number += 1
        return self.frame(client_id)

    def frame(self, client_id):
        return json.dumps({"type": "message", "client_id": client_id, "content": self.waiting[client_id]})

    async def run(self, is_up):
        while self.waiting or not self.has_stopped:
            await is_up.wait()
            with contextlib.suppress(*LOST):
                async with self.site.chat(self.user, self.peer) as chat:
                    await self.serve(chat)

    async def serve(self, chat):
        for client_id in self.waiting:
            await chat.send(self.frame(client_id))
        while self.waiting or not self.has_stopped:
            while len(self.waiting) < 5 and not self.has_stopped:
                await chat.send(self.next_frame())
            self.take(json.loads(await chat.recv()))

    def take(self, frame):
        assert frame["type"] != "error", frame
        if frame["type"] == "message" and frame["message"]["client_id"] in self.waiting:
            self.acknowledged.append(self.waiting.pop(frame["message"]["client_id"]))


async def acknowledgements(senders, more):
    """Wait until the senders have so many more receipts."""
    target = sum(len(sender.acknowledged) for sender in senders) + more
    while sum(len(sender.acknowledged) for sender in senders) < target:
        await asyncio.sleep(0.001)


@pytest.mark.timeout(600)
async def test_what_was_acknowledged_is_stored_once_and_in_order(site, dose):
    chance = random.Random(7)
    is_up = asyncio.Event()
    is_up.set()
    senders = [Sender(site, *pair) for pair in PAIRS]
    tasks = [asyncio.create_task(sender.run(is_up)) for sender in senders]
    for _round in range(dose(3, 50)):
        await acknowledgements(senders, chance.randint(1, 40))
        await asyncio.sleep(chance.uniform(0, 0.02))  # seconds; anywhere between two receipts
        is_up.clear()
        site.server.kill()
        await asyncio.to_thread(site.server.start)
        is_up.set()
    for sender in senders:
        sender.has_stopped = True
    await asyncio.wait_for(asyncio.gather(*tasks), 60)

    for sender in senders:
        stored = site.rows(
            "SELECT content FROM messaging_message m JOIN auth_user s ON s.id = sender_id JOIN auth_user r"
            f" ON r.id = recipient_id WHERE s.username = '{sender.user}' AND r.username = '{sender.peer}'"
            " AND content GLOB '[0-9]*' ORDER BY m.id"
        )
        assert [content for (content,) in stored] == [str(number) for number in range(sender.number)]
        assert sender.acknowledged == [content for (content,) in stored]
    print(f"{sum(sender.number for sender in senders)} messages")
    assert "Traceback" not in site.log.read_text()
