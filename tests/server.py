"""LinkUp's server process for tests that start it, kill it, and start it again at the same port."""

import asyncio
import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import asynccontextmanager, closing
from pathlib import Path

import websockets

from awaited import TOLD, assert_all_awaited
from workshop.database import program_environ, seeded_database
from workshop.scratch import PROJECT

# The clock may run faster: a heartbeat each 0.2 s, and a process counts as crashed after 1 s. The channel layer may
# hold fewer events than it should, and lose every so many.
PROGRAM = """
import os, sys
from datetime import timedelta
from daphne.server import Server
from django.conf import settings
from linkup.asgi import application
from messaging import async_handlers, heartbeat, models
port, fast_clock = int(sys.argv[1]), sys.argv[2] == "fast"
if fast_clock:
    heartbeat.HEARTBEAT = 0.2
    async_handlers.ALIVE = models.ALIVE = timedelta(seconds=1)
if capacity := os.environ.get("TEST_CAPACITY"):
    settings.CHANNEL_LAYERS["default"]["CONFIG"]["capacity"] = int(capacity)
if losing := int(os.environ.get("TEST_LOSES_EVERY", 0)):
    from itertools import count
    from channels.layers import get_channel_layer
    layer, numbers = get_channel_layer(), count()  # the first is lost, too
    pass_on = layer.group_send
    async def group_send(group, event):
        if event["type"] != "chat.message" or next(numbers) % losing:
            await pass_on(group, event)
    layer.group_send = group_send
server = Server(application, endpoints=[f"tcp:port={port}:interface=127.0.0.1"],
                ready_callable=lambda: print(server.listening_addresses[0][1], flush=True))
server.run()
"""


class Server:
    """A server process on 127.0.0.1; `port` stays the same when it is started again."""

    def __init__(self, environ, log, clock="normal"):
        self.environ, self.log, self.clock = environ | TOLD, log, clock
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def start(self):
        command = [sys.executable, "-c", PROGRAM, str(self.port), self.clock]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=PROJECT, env=self.environ, stdout=subprocess.PIPE, stderr=log)
        assert self.process.stdout.readline(), self.log.read_text()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        assert_all_awaited(self.log.read_text(errors="replace"))

    @property
    def memory(self):
        """Resident memory in MiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024

    @asynccontextmanager
    async def chat(self, cookie, peer):
        headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{self.port}"}
        address = f"ws://127.0.0.1:{self.port}/ws/chat/{peer}/"
        async with websockets.connect(address, additional_headers=headers) as chat:
            yield chat


async def frame_of(chat, *kinds):
    """Return the next frame of one of some kinds; others may come in between."""
    while (frame := json.loads(await asyncio.wait_for(chat.recv(), 30)))["type"] not in kinds:
        pass
    return frame


class Site:
    """A database file with LinkUp's demo people, and a server on it."""

    def __init__(self, folder, pytestconfig, **environ):
        seeded = seeded_database(PROJECT, Path(pytestconfig.scratch) / ".cache")
        self.database = folder / "linkup.sqlite3"
        self.database.write_bytes(seeded.file.read_bytes())
        self.log = folder / "server.log"
        self.cookies = {name: f"sessionid={key}" for name, key in seeded.sessions.items()}
        named = {"LINKUP_SECRET_KEY": seeded.secret_key, "LINKUP_DATABASE_URL": f"sqlite:///{self.database}"}
        environ = program_environ(**named, LINKUP_LOG_FILE=os.devnull, **environ)
        self.server = Server(environ, self.log)

    def chat(self, user, peer):
        return self.server.chat(self.cookies[user], peer)

    def rows(self, sql):
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute(sql).fetchall()

    def stored(self, client_id):
        return self.rows(
            f"SELECT count(*) FROM messaging_message WHERE client_id = '{client_id.replace('-', '')}'"
        ) == [(1,)]
