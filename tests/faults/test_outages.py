"""What LinkUp stands on goes away and comes back: clients are told, nothing is lost, and nobody restarts LinkUp."""

import contextlib
import os
import resource
import sqlite3
from contextlib import closing

import psycopg
import pytest
import websockets

from server import Site, frame_of


async def is_refused_then_stored(chat, message, away, stored):
    """Send a message while something is away, and again when it is back."""
    frame, client_id = message()
    with away:
        await chat.send(frame)
        error = await frame_of(chat, "error", "message")
        assert (error.get("code"), error.get("client_id")) == ("unavailable", client_id)
        assert error["failure_id"]
        assert not stored(client_id)
    await chat.send(frame)
    assert (await frame_of(chat, "error", "message"))["message"]["client_id"] == client_id
    assert stored(client_id)


@contextlib.contextmanager
def locked(database):
    """Hold the write lock, as another program may."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextlib.contextmanager
def full_disk(server):
    """Let the server's process write no file longer than one byte: its next write fails, as on a full disk."""
    soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("away", ["locked", "full disk"])
async def test_a_database_file_that_cannot_be_written(site, message, away):
    async with site.chat("ana", "ben") as chat:
        await frame_of(chat, "presence")
        outage = locked(site.database) if away == "locked" else full_disk(site.server)
        await is_refused_then_stored(chat, message, outage, site.stored)


@contextlib.contextmanager
def closed_to_all(name):
    """End every session of a PostgreSQL database, and let nobody in."""
    url = os.environ["LINKUP_DATABASE_URL"].rpartition("/")[0]
    with closing(psycopg.connect(f"{url}/postgres", autocommit=True)) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


async def test_postgresql_goes_away_and_comes_back(postgresql_site, message):
    server, cookie, name = postgresql_site
    url = os.environ["LINKUP_DATABASE_URL"].rpartition("/")[0]
    is_closed = False

    def stored(client_id):
        if is_closed:
            return False
        with closing(psycopg.connect(f"{url}/{name}")) as database:
            sql = "SELECT count(*) FROM messaging_message WHERE client_id = %s"
            return database.execute(sql, [client_id]).fetchone() == (1,)

    @contextlib.contextmanager
    def outage():
        nonlocal is_closed
        with closed_to_all(name):
            is_closed = True
            yield
            is_closed = False

    async with server.chat(cookie, "ben") as chat:
        await frame_of(chat, "presence")
        await is_refused_then_stored(chat, message, outage(), stored)


async def test_redis_is_restarted(tmp_path, pytestconfig, message, redis):
    port, start, kill = redis
    site = Site(tmp_path, pytestconfig, LINKUP_CHANNEL_LAYER_URL=f"redis://127.0.0.1:{port}/0")
    try:
        async with site.chat("ana", "ben") as chat:
            await frame_of(chat, "presence")
            kill()
            frame, client_id = message()
            await chat.send(frame)
            assert (await frame_of(chat, "message"))["message"]["client_id"] == client_id
            # Then the chat ends, and its client connects again, without success while Redis is away.
            with pytest.raises(websockets.ConnectionClosed):
                await frame_of(chat, "no such frame")
        assert site.rows("SELECT count(*) FROM messaging_connection") == [(0,)]
        async with site.chat("ben", "ana") as chat:
            assert (await frame_of(chat, "error"))["code"] == "unavailable"
            await chat.wait_closed()
            assert chat.close_code == 4503
        start()
        async with site.chat("ben", "ana") as chat:
            await chat.send('{"type": "history"}')
            assert (await frame_of(chat, "history"))["messages"][-1]["client_id"] == client_id
        assert site.stored(client_id)
    finally:
        site.server.kill()
