"""What becomes of connections when their server is asked to end."""

import asyncio

import pytest
from channels.testing import WebsocketCommunicator

from linkup.draining import Draining
from messaging.protocol import CloseCode


async def test_who_comes_while_the_others_end_is_told_to_come_again():
    async def application(scope, receive, send):
        try:
            await asyncio.Event().wait()
        finally:
            slow.set()
            await may_end.wait()

    slow, may_end = asyncio.Event(), asyncio.Event()
    draining = Draining(application)
    first = asyncio.create_task(draining({}, None, None))
    await asyncio.sleep(0)
    ended = draining.end().asFuture(asyncio.get_running_loop())
    await slow.wait()
    late = WebsocketCommunicator(draining, "/ws/chat/ben/")
    assert (await late.connect(timeout=10))[0]
    assert (await late.receive_output(timeout=10))["code"] == CloseCode.TRY_AGAIN_LATER.value
    assert not ended.done(), "the server waits for the first"
    may_end.set()
    await asyncio.wait_for(ended, 10)
    with pytest.raises(asyncio.CancelledError):
        await first
    assert draining.connections == set()


async def test_a_server_without_connections_ends_at_once():
    assert Draining(None).end() is None
