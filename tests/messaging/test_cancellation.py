"""The client is gone, and its connection is cancelled, in the middle of the database work of each handler."""

import asyncio
import json
import threading
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import connection, transaction

from messaging import consumers
from messaging.models import Connection, Message, UserStatus

pytestmark = pytest.mark.django_db(transaction=True)

FRAMES = {
    "create_message_async": {"type": "message", "client_id": str(uuid4()), "content": "Hello"},
    "get_conversation_messages_async": {"type": "history"},
    "mark_messages_async": {"type": "read", "up_to_id": 2**40},
}
WHILE_CONNECTING = ["find_user", "set_user_online_status", "get_user_presence"]


@pytest.fixture
def held(monkeypatch):
    """Hold a function of the consumer at the end of its database work, in an open transaction."""
    release = threading.Event()

    def hold(name):
        real, loop, reached = getattr(consumers, name), asyncio.get_running_loop(), asyncio.Event()

        @database_sync_to_async
        @transaction.atomic
        def stopped(*args):
            monkeypatch.setattr(consumers, name, real)
            answer = real.func(*args)
            loop.call_soon_threadsafe(reached.set)
            assert release.wait(30)
            return answer

        monkeypatch.setattr(consumers, name, stopped)
        return reached, release

    yield hold
    release.set()


async def cancelled_in_the_middle(chat, reached, release):
    await asyncio.wait_for(reached.wait(), 30)
    chat.future.cancel()
    # The work in the thread cannot be stopped; it ends, and with it the connection.
    release.set()
    async with asyncio.timeout(30):
        # Like Daphne, once a second: channels-redis loses a cancellation that meets a receive which has just begun.
        while not (await asyncio.wait([chat.future], timeout=1))[0]:
            chat.future.cancel()
    assert chat.future.cancelled()


async def assert_nothing_is_left(tasks):
    assert asyncio.all_tasks() == tasks
    assert not await Connection.objects.aexists()
    assert await sync_to_async(lambda: connection.in_atomic_block)() is False
    assert not await UserStatus.objects.filter(is_online=True).aexists()


@pytest.fixture
def chat(ana, ben, ana_cookie):
    from linkup.asgi import application

    headers = [(b"cookie", ana_cookie.encode()), (b"origin", b"http://localhost"), (b"host", b"localhost")]
    return WebsocketCommunicator(application, "/ws/chat/ben/", headers)


@pytest.mark.parametrize("name", WHILE_CONNECTING)
async def test_while_it_connects(chat, held, name):
    tasks = asyncio.all_tasks()
    reached, release = held(name)
    await chat.connect(timeout=10)
    await cancelled_in_the_middle(chat, reached, release)
    await assert_nothing_is_left(tasks)


@pytest.mark.parametrize("name", FRAMES)
async def test_while_a_frame_is_served(chat, held, name):
    tasks = asyncio.all_tasks()
    await chat.connect(timeout=10)
    await chat.receive_json_from(timeout=10)
    reached, release = held(name)
    await chat.send_to(text_data=json.dumps(FRAMES[name]))
    await cancelled_in_the_middle(chat, reached, release)
    await assert_nothing_is_left(tasks)
    # A message is stored or it is not; without a receipt its client sends it again.
    assert await Message.objects.acount() in ((0, 1) if name == "create_message_async" else (0,))


async def test_while_it_leaves(chat, held):
    tasks = asyncio.all_tasks()
    await chat.connect(timeout=10)
    await chat.receive_json_from(timeout=10)
    reached, release = held("set_user_online_status")
    await chat.send_input({"type": "websocket.disconnect", "code": 1001})
    await cancelled_in_the_middle(chat, reached, release)
    await assert_nothing_is_left(tasks)
