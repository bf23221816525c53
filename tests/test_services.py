"""LinkUp on PostgreSQL and Redis: two server processes, one chat."""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
import websockets
from django.test import Client

from needs import channel_layer_url, skip_or_fail
from workshop.scratch import PROJECT

SERVICES = ("LINKUP_DATABASE_URL", "LINKUP_CHANNEL_LAYER_URL")


PROGRAM = """
import sys
from daphne.server import Server
from linkup.asgi import application
server = Server(application, endpoints=["tcp:port=0:interface=127.0.0.1"], signal_handlers=False,
                ready_callable=lambda: print(server.listening_addresses[0][1], flush=True))
server.run()
"""


@pytest.fixture
def services():
    """PostgreSQL and Redis, as named in the environment."""
    if missing := [name for name in SERVICES if not os.environ.get(name)]:
        skip_or_fail("services", f"needs PostgreSQL and Redis in {' and '.join(missing)}")


@pytest.fixture
def processes(services, transactional_db):
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
        process = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=PROJECT, env=environ, stdout=subprocess.PIPE)
        started.append(process)
        return int(process.stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@asynccontextmanager
async def chat(port, cookie, peer):
    headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"}
    async with websockets.connect(f"ws://127.0.0.1:{port}/ws/chat/{peer}/", additional_headers=headers) as socket:
        yield socket


async def frame_of(socket, kind):
    while (frame := json.loads(await socket.recv()))["type"] != kind:
        pass
    return frame


@pytest.fixture
def cookies(services, transactional_db, django_user_model):
    found = {}
    for name in ("ana", "ben"):
        client = Client()  # a second login would end the first one's session
        client.force_login(django_user_model.objects.create_user(name))
        found[name] = "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
    return found


async def test_two_processes_are_one_chat(processes, cookies):
    first, second = processes(), processes()
    async with chat(first, cookies["ana"], "ben") as ana:
        await frame_of(ana, "presence")
        async with chat(second, cookies["ben"], "ana") as ben:
            assert (await frame_of(ana, "presence"))["is_online"] is True
            client_id = "6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b55"
            await ana.send(json.dumps({"type": "message", "client_id": client_id, "content": "Across"}))
            assert (await frame_of(ben, "message"))["message"]["content"] == "Across"
            assert (await frame_of(ana, "status"))["status"] == "delivered"
        assert (await frame_of(ana, "presence"))["is_online"] is False


async def test_a_quiet_socket_stays_open(processes, cookies):
    """The layer waits 5 seconds at a time for a message; the socket must outlast the first wait."""
    async with chat(processes(), cookies["ana"], "ben") as ana:
        await frame_of(ana, "presence")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ana.recv(), 8)
        await ana.send('{"type": "history"}')
        assert (await frame_of(ana, "history"))["messages"] == []
