"""The clock among the events of a socket."""

import asyncio

from messaging.heartbeat import with_heartbeat

BEAT = {"type": "chat.heartbeat"}


async def test_a_quiet_client_leaves_room_for_heartbeats():
    events = asyncio.Queue()
    receive = with_heartbeat(events.get, 0.01)
    assert await receive() == BEAT
    assert await receive() == BEAT
    await events.put("frame")
    received = [await receive(), await receive()]
    assert "frame" in received


async def test_a_busy_client_does_not_hold_them_up():
    async def never_idle():
        return "frame"

    receive = with_heartbeat(never_idle, 0.01)
    received = []
    while BEAT not in received:
        received.append(await receive())
    assert received[0] == "frame"


async def test_no_event_is_lost_to_the_clock():
    """Events come at about the time of the beat, so each may meet its time-out."""
    events, sent = asyncio.Queue(), list(range(200))
    receive = with_heartbeat(events.get, 0.001)

    async def send():
        for number in sent:
            await events.put(number)
            await asyncio.sleep(0.001)

    async def receive_all():
        received = []
        while len(received) < len(sent):
            event = await receive()
            if event != BEAT:
                received.append(event)
        return received

    _done, received = await asyncio.gather(send(), asyncio.wait_for(receive_all(), 60))
    assert received == sent
