"""A database or channel layer that does not answer for a while, with its connections open: what waits is done then."""

import asyncio
import contextlib
import os
from urllib.parse import urlsplit

import pytest

from server import Server, Site, frame_of


class Relay:
    """Passes bytes between LinkUp and a service on this machine, except while it is paused."""

    def __init__(self, port):
        self.service = port
        self.flows = asyncio.Event()
        self.flows.set()
        self.connections = set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.connected, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error):
        self.server.close()
        for connection in self.connections:
            connection.cancel()
        await asyncio.gather(*self.connections, return_exceptions=True)

    @contextlib.contextmanager
    def paused(self):
        self.flows.clear()
        yield
        self.flows.set()

    async def connected(self, reader, writer):
        self.connections.add(asyncio.current_task())
        service_reader, service_writer = await asyncio.open_connection("127.0.0.1", self.service)
        try:
            await asyncio.gather(self.pump(reader, service_writer), self.pump(service_reader, writer))
        finally:
            for each in (writer, service_writer):
                each.close()
                with contextlib.suppress(ConnectionError):
                    await each.wait_closed()

    async def pump(self, reader, writer):
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(2**16):
                await self.flows.wait()
                writer.write(data)
            writer.write_eof()


async def assert_nothing_comes(chat, kind):
    """See that a frame does not come in a second, in which it would come a hundred times."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await frame_of(chat, kind)


async def test_postgresql_is_paused(postgresql_site, message):
    server, cookie, name = postgresql_site
    server.kill()
    service = urlsplit(os.environ["LINKUP_DATABASE_URL"])
    user = service.netloc.rpartition("@")[0]
    async with Relay(service.port or 5432) as relay:
        address = service._replace(netloc=f"{user}@127.0.0.1:{relay.port}", path=f"/{name}").geturl()
        server = await asyncio.to_thread(Server, server.environ | {"LINKUP_DATABASE_URL": address}, server.log)
        try:
            async with server.chat(cookie, "ben") as chat:
                await frame_of(chat, "presence")
                frame, client_id = message()
                with relay.paused():
                    await chat.send(frame)
                    await assert_nothing_comes(chat, "message")
                assert (await frame_of(chat, "message", "error"))["message"]["client_id"] == client_id
        finally:
            await asyncio.to_thread(server.kill)


async def test_redis_is_paused(tmp_path, pytestconfig, message, redis):
    port, _start, _kill = redis
    async with Relay(port) as relay:
        url = f"redis://127.0.0.1:{relay.port}/0"
        site = await asyncio.to_thread(Site, tmp_path, pytestconfig, LINKUP_CHANNEL_LAYER_URL=url)
        try:
            async with site.chat("ana", "ben") as ana, site.chat("ben", "ana") as ben:
                await frame_of(ana, "presence")
                await frame_of(ben, "presence")
                frame, client_id = message()
                with relay.paused():
                    await ana.send(frame)
                    # The receipt says that it is stored, and waits for no layer.
                    assert (await frame_of(ana, "message", "error"))["message"]["client_id"] == client_id
                    await assert_nothing_comes(ben, "message")
                assert (await frame_of(ben, "message"))["message"]["client_id"] == client_id
        finally:
            await asyncio.to_thread(site.server.kill)
