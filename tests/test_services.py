"""LinkUp on PostgreSQL and Redis: two server processes, one chat."""

import asyncio
import json
import os
from contextlib import closing, contextmanager

import psycopg
import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.test import Client

from needs import channel_layer_url, skip_or_fail
from server import Server, frame_of

SERVICES = ("LINKUP_DATABASE_URL", "LINKUP_CHANNEL_LAYER_URL")


@pytest.fixture
def services():
    """PostgreSQL and Redis, as named in the environment."""
    if missing := [name for name in SERVICES if not os.environ.get(name)]:
        skip_or_fail("services", f"needs PostgreSQL and Redis in {' and '.join(missing)}")


@pytest.fixture
def processes(services, transactional_db, fresh_channel_layer, closed_connections, tmp_path):
    """Start server processes on the test database, and end them."""
    from django.db import connection

    started = []

    def start():
        base = os.environ["LINKUP_DATABASE_URL"].rpartition("/")[0]
        environ = os.environ | {
            "DJANGO_SETTINGS_MODULE": "linkup.settings",
            "LINKUP_CHANNEL_LAYER_URL": channel_layer_url(),
            "LINKUP_DATABASE_URL": f"{base}/{connection.settings_dict['NAME']}",
        }
        started.append(Server(environ, tmp_path / "server.log", clock="fast"))
        return started[-1]

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def cookies(services, transactional_db, django_user_model):
    found = {}
    for name in ("ana", "ben"):
        client = Client()  # a second login would end the first one's session
        client.force_login(django_user_model.objects.create_user(name))
        found[name] = "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
    return found


async def test_messages_and_their_states_cross_processes(processes, cookies):
    first, second = processes(), processes()
    async with first.chat(cookies["ana"], "ben") as ana, second.chat(cookies["ben"], "ana") as ben:
        await frame_of(ben, "presence")
        client_id = "6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b55"
        await ana.send(json.dumps({"type": "message", "client_id": client_id, "content": "Across"}))
        message = (await frame_of(ben, "message"))["message"]
        assert message["content"] == "Across"
        assert (await frame_of(ana, "status"))["status"] == "delivered"
        await ben.send(json.dumps({"type": "typing"}))
        assert await frame_of(ana, "typing") == {"type": "typing", "username": "ben"}
        await ben.send(json.dumps({"type": "read", "up_to_id": message["id"]}))
        assert (await frame_of(ana, "status"))["status"] == "read"


async def test_nobody_waits_for_the_locked_row_of_a_stranger(processes, cookies):
    server = processes()
    message = {"type": "message", "client_id": "6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b55", "content": "Hello"}
    async with server.chat(cookies["ana"], "ben") as ana, server.chat(cookies["ben"], "ana") as ben:
        for chat in (ana, ben):
            await frame_of(chat, "presence")
        with locked_row("ana"):
            await ana.send(json.dumps(message))
            await ben.send(json.dumps(message | {"client_id": "6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b56"}))
            assert (await frame_of(ben, "message"))["message"]["recipient_id"]
            assert (await frame_of(ana, "error"))["code"] == "unavailable"
        await ana.send(json.dumps(message))
        assert (await frame_of(ben, "message"))["message"]["client_id"] == message["client_id"]


@contextmanager
def locked_row(username):
    """Hold the row of a user, as a long transaction does."""
    from django.db import connection

    base = os.environ["LINKUP_DATABASE_URL"].rpartition("/")[0]
    with closing(psycopg.connect(f"{base}/{connection.settings_dict['NAME']}")) as other:
        other.execute("UPDATE auth_user SET first_name = 'Ana' WHERE username = %s", [username])
        yield
        other.rollback()


async def test_many_may_send_an_event_at_the_same_moment(services, fresh_channel_layer):
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add("many", channel)
    await asyncio.gather(*[layer.group_send("many", {"type": "x", "number": n}) for n in range(300)])
    received = [await layer.receive(channel) for _ in range(300)]
    assert sorted(event["number"] for event in received) == list(range(300))


async def test_presence_crosses_processes_and_counts_sockets_in_all_of_them(processes, cookies):
    first, second = processes(), processes()
    async with first.chat(cookies["ben"], "ana") as ben:
        assert (await frame_of(ben, "presence"))["is_online"] is False
        async with first.chat(cookies["ana"], "ben") as here:
            await frame_of(here, "presence")
            async with second.chat(cookies["ana"], "ben") as there:
                await frame_of(there, "presence")
            # Ben hears that Ana came; then that she went, when the last of her sockets has closed, and nothing else.
            await ben.send(json.dumps({"type": "history"}))
            before = []
            while (frame := json.loads(await ben.recv()))["type"] != "history":
                before.append(frame["is_online"])
            assert before == [True]
        assert (await frame_of(ben, "presence"))["is_online"] is False


async def test_a_killed_process_leaves_nobody_online(processes, cookies):
    first, second = processes(), processes()
    async with second.chat(cookies["ben"], "ana") as ben:
        await frame_of(ben, "presence")
        async with first.chat(cookies["ana"], "ben") as ana:
            await frame_of(ana, "presence")
            assert (await frame_of(ben, "presence"))["is_online"] is True
            first.kill()
            assert (await frame_of(ben, "presence"))["is_online"] is False


async def test_a_logout_in_one_process_ends_the_sockets_in_another(processes, cookies):
    first = processes()
    async with first.chat(cookies["ana"], "ben") as ana:
        await frame_of(ana, "presence")
        await sync_to_async(Client(headers={"cookie": cookies["ana"]}).post)("/logout/")
        await ana.wait_closed()
        assert ana.close_code == 4401


async def test_a_quiet_socket_stays_open(processes, cookies):
    """The layer waits 5 seconds at a time for a message; the socket must outlast the first wait."""
    async with processes().chat(cookies["ana"], "ben") as ana:
        await frame_of(ana, "presence")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ana.recv(), 8)
        await ana.send('{"type": "history"}')
        assert (await frame_of(ana, "history"))["messages"] == []
