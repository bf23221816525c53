"""A client that sends and never reads is given up after some MiB; one that reads may have as much as it likes."""

import asyncio
import json

from messaging.backlog import MOST
from server import frame_of

ASK = json.dumps({"type": "history"})
MESSAGES, PAGES = 17, 26  # with the answers to pings fewer frames than one user may send at once
SOON = 15  # seconds; a client that says nothing at all is noticed by Daphne's pings, after 20 at least
ROOM = 24  # MiB for what the server keeps of MOST, and for what it needs to make it


async def fill(site, chat, message):
    """Store what makes a page of history large."""
    for number in range(MESSAGES):
        frame, _client_id = message("\N{SNOWMAN}" * 3990 + str(number))
        await chat.send(frame)
        await frame_of(chat, "message")


async def test_a_client_that_never_reads(site, message):
    async with site.chat("ben", "ana") as ben:
        async with site.chat("ana", "ben") as ana:
            await fill(site, ana, message)
        while (await frame_of(ben, "presence"))["is_online"]:
            pass
        before = site.server.memory
        async with site.chat("ana", "ben") as ana:
            assert (await frame_of(ben, "presence"))["is_online"]
            ana.transport.pause_reading()
            for _ in range(PAGES):
                await ana.send(ASK)
            async with asyncio.timeout(SOON):
                assert not (await frame_of(ben, "presence"))["is_online"]
            assert site.server.memory - before < ROOM
            ana.transport.resume_reading()
    assert "failure" not in site.log.read_text()


async def test_a_client_that_reads(site, message):
    async with site.chat("ana", "ben") as ana:
        await fill(site, ana, message)
        received = 0
        for _ in range(PAGES):
            await ana.send(ASK)
            while (frame := json.loads(text := await ana.recv()))["type"] != "history":
                if frame["type"] == "ping":
                    await ana.send(json.dumps({"type": "pong", "token": frame["token"]}))
            received += len(text.encode())
        assert received > MOST
