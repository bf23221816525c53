"""One beat for all chats of a process, and how a consumer hears of it among the frames of its client."""

import asyncio
import os
from contextlib import closing
from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from messaging import heartbeat
from messaging.async_handlers import set_user_online_status
from messaging.heartbeat import Ear
from messaging.models import Connection, Message, UserStatus
from messaging.signs_of_life import Seat, look_after, newest_message_id
from needs import skip_or_fail

BEAT = {"type": "chat.heartbeat"}


async def test_what_the_process_tells_wakes_who_waits_for_a_client():
    frames = asyncio.Queue()
    receive = Ear(frames.get)
    waiting = asyncio.create_task(receive())
    await asyncio.sleep(0)  # it waits now
    receive.tell(BEAT)
    receive.tell(BEAT | {"number": 2})
    assert await waiting == BEAT
    await frames.put("frame")
    assert [await receive(), await receive()] == [BEAT | {"number": 2}, "frame"]


async def test_a_busy_client_does_not_hold_it_up():
    async def never_idle():
        return "frame"

    receive = Ear(never_idle)
    assert await receive() == "frame"
    receive.tell(BEAT)
    assert await receive() == BEAT


async def test_no_event_is_lost_to_the_other_side():
    """Both sides speak at about the same time, again and again."""
    frames, sent = asyncio.Queue(), list(range(300))
    receive = Ear(frames.get)

    async def send():
        for number in sent:
            await frames.put(number)
            receive.tell(BEAT | {"number": number})
            await asyncio.sleep(0)

    async def receive_all():
        return [await receive() for _ in range(2 * len(sent))]

    _done, received = await asyncio.gather(send(), asyncio.wait_for(receive_all(), 60))
    assert [event for event in received if isinstance(event, int)] == sent
    assert [event["number"] for event in received if not isinstance(event, int)] == sent


async def test_an_event_that_meets_the_end_of_the_wait_is_kept():
    """The frame is there and the wait is over: the frame comes second, and comes."""
    frames = asyncio.Queue()
    receive = Ear(frames.get)
    for number in range(100):
        waiting = asyncio.create_task(receive())
        await asyncio.sleep(0)
        receive.tell(BEAT)
        if number % 2:
            await asyncio.sleep(0)
        frames.put_nowait(number)
        assert [await waiting, await receive()] == [BEAT, number]


@pytest.fixture
def fast(monkeypatch):
    monkeypatch.setattr(heartbeat, "HEARTBEAT", 0.05)


@pytest.mark.django_db(transaction=True)
async def test_a_message_that_was_stored_and_not_passed_on_is_named(
    ana, ben, ana_cookie, ben_cookie, socket, frame_of, fast
):
    async with socket(ana_cookie, "ben") as a, socket(ben_cookie, "ana") as b:
        await frame_of(b, "presence")
        row = await Message.objects.acreate(sender=ana, recipient=ben, content="unseen")
        named = {"type": "newest", "sent_id": None, "received_id": row.pk}
        assert await frame_of(b, "newest") == named
        assert await frame_of(a, "newest") == named | {"sent_id": row.pk, "received_id": None}


@pytest.mark.django_db(transaction=True)
async def test_membership_that_was_lost_with_redis_is_renewed(
    ana, ben, ana_cookie, ben_cookie, socket, frame_of, new_message, fast
):
    layer, group = get_channel_layer(), f"chat_{ana.pk}_{ben.pk}"
    async with socket(ana_cookie, "ben") as a, socket(ben_cookie, "ana") as b:
        for chat in (a, b):
            await frame_of(chat, "presence")
        await forget(layer, group)
        async with asyncio.timeout(30):
            while await members(layer, group) < 2:
                await asyncio.sleep(0.01)
        await a.send_json_to(new_message("again"))
        assert (await frame_of(b, "message"))["message"]["content"] == "again"


async def members(layer, group):
    if isinstance(layer, InMemoryChannelLayer):
        return len(layer.groups.get(group, ()))
    return await layer.connection(layer.consistent_hash(group)).zcard(layer._group_key(group))


async def forget(layer, group):
    if isinstance(layer, InMemoryChannelLayer):
        del layer.groups[group]
    else:
        await layer.connection(layer.consistent_hash(group)).delete(layer._group_key(group))


@dataclass
class Listener:
    """Stands for a chat."""

    seat: Seat
    ear: Ear


@pytest.mark.django_db(transaction=True)
async def test_a_beat_reaches_every_chat(fast):
    chats = [Listener(Seat(uuid4(), 1, 2, "key"), Ear(asyncio.Queue().get)) for _ in range(3 * heartbeat.AT_ONCE)]
    heart = heartbeat.Heart()
    for chat in chats:
        heart.add(chat)
    events = await asyncio.wait_for(asyncio.gather(*[chat.ear() for chat in chats]), 30)
    assert {(event["type"], event["sign"].is_logged_in) for event in events} == {("chat.heartbeat", False)}
    for chat in chats:
        heart.discard(chat)
    assert heart.beating is None


@pytest.mark.django_db(transaction=True)
async def test_a_beat_is_a_few_statements_for_any_number_of_chats(ana, ben):
    def count(number):
        with CaptureQueriesContext(connection) as queries:
            look_after.func([Seat(uuid4(), ana.pk, ben.pk, f"key{n}") for n in range(number)], 0)
        return len(queries)

    few, many = [await sync_to_async(count)(number) for number in (1, 500)]
    assert few == many <= 12


@pytest.mark.django_db(transaction=True)
async def test_a_beat_waits_for_no_row_that_a_socket_is_writing(ana, ben):
    """Else the two could wait for each other: a socket that leaves locks its user's status first, then its own row."""
    if connection.vendor == "sqlite":
        skip_or_fail("services", "SQLite locks no rows: needs PostgreSQL in LINKUP_DATABASE_URL")
    seat = Seat(uuid4(), ana.pk, ben.pk, "key")
    await set_user_online_status(ana.pk, seat.connection_id, True)
    base = os.environ["LINKUP_DATABASE_URL"].rpartition("/")[0]
    with closing(psycopg.connect(f"{base}/{connection.settings_dict['NAME']}")) as other:
        other.execute("SELECT 1 FROM messaging_userstatus FOR UPDATE")
        other.execute("SELECT 1 FROM messaging_connection FOR UPDATE")
        signs, _newest = await asyncio.wait_for(look_after([seat], 0), 30)
        other.rollback()
    assert signs[seat].is_counted


@pytest.mark.django_db(transaction=True)
async def test_a_socket_that_was_taken_for_crashed_counts_itself_in_again(ana, ben, ana_cookie, socket, frame_of, fast):
    async with socket(ana_cookie, "ben") as chat:
        await frame_of(chat, "presence")
        await Connection.objects.all().adelete()
        async with asyncio.timeout(30):
            while not await Connection.objects.aexists():
                await asyncio.sleep(0.01)
    assert not await Connection.objects.aexists()


@pytest.mark.django_db(transaction=True)
async def test_a_new_secret_key_logs_nobody_out(ana, ben, ana_cookie, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]
    key = ana_cookie.partition("=")[2]
    seat = Seat(uuid4(), ana.pk, ben.pk, key)
    for _ in range(2):
        signs, _newest = await look_after([seat], 0)
        assert signs[seat].is_logged_in


@pytest.mark.django_db(transaction=True)
async def test_a_database_that_is_away_costs_a_beat_and_not_the_heart(
    ana, ben, ana_cookie, socket, frame_of, fast, monkeypatch, caplog
):
    real, failed = heartbeat.look_after, asyncio.Event()

    async def away(*args):
        monkeypatch.setattr(heartbeat, "look_after", real)
        failed.set()
        raise OperationalError("gone")

    monkeypatch.setattr(heartbeat, "look_after", away)
    async with socket(ana_cookie, "ben") as chat:
        await frame_of(chat, "presence")
        await asyncio.wait_for(failed.wait(), 30)
        await get_user_model().objects.filter(pk=ana.pk).aupdate(is_active=False)
        while (output := await chat.receive_output(timeout=10))["type"] != "websocket.close":
            pass
        assert output["code"] == 4401
    (record,) = caplog.records
    assert record.getMessage() == "no heartbeat, as the database does not answer: gone"


@pytest.mark.django_db(transaction=True)
async def test_what_a_beat_begins_with(ana, ben):
    before = await newest_message_id()
    row = await Message.objects.acreate(sender=ana, recipient=ben, content="x")
    assert await newest_message_id() >= before
    assert (await look_after([], row.pk - 1))[1] == row.pk
    assert (await look_after([], row.pk))[1] == row.pk
    assert not await UserStatus.objects.aexists()
