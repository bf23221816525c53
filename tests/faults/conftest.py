"""A server on a database file of its own, to be hurt."""

import json
import os
import shutil
import socket
import subprocess
from contextlib import closing
from uuid import uuid4

import pytest
from django.test import Client

from needs import skip_or_fail
from server import Server, Site

SOAK = bool(os.environ.get("LINKUP_SOAK"))


@pytest.fixture
def dose():
    """Return the size of a test: a small one in `make test`, the whole in `make soak`."""
    return lambda small, whole: whole if SOAK else small


@pytest.fixture
def site(tmp_path, pytestconfig):
    site = Site(tmp_path, pytestconfig)
    yield site
    site.server.kill()


@pytest.fixture
def message():
    """Return a frame that sends a message, and its client_id."""

    def frame(content="Hello"):
        client_id = str(uuid4())
        return json.dumps({"type": "message", "client_id": client_id, "content": content}), client_id

    return frame


@pytest.fixture
def redis(tmp_path):
    """A Redis of this test's own, to be killed and started again; returns its port, its start and its kill."""
    if not shutil.which("redis-server"):
        skip_or_fail("services", "redis-server is not installed")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = []

    def start():
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
        running.append(subprocess.Popen(["redis-server", *options], stdout=subprocess.PIPE, text=True))
        while "Ready to accept connections" not in running[-1].stdout.readline():
            assert running[-1].poll() is None

    def kill():
        running[-1].kill()
        running[-1].wait()
        running[-1].stdout.close()

    start()
    yield port, start, kill
    kill()


@pytest.fixture
def postgresql_site(transactional_db, django_user_model, tmp_path, closed_connections):
    """A server on the test database of PostgreSQL, with Ana and Ben; yields server, cookie, and the database's name."""
    if not os.environ.get("LINKUP_DATABASE_URL"):
        skip_or_fail("services", "needs PostgreSQL in LINKUP_DATABASE_URL")
    from django.db import connection

    ana, _ben = (django_user_model.objects.create_user(name) for name in ("ana", "ben"))
    client = Client()
    client.force_login(ana)
    name = connection.settings_dict["NAME"]
    connection.close()  # before the outage does it
    base = os.environ["LINKUP_DATABASE_URL"].rpartition("/")[0]
    environ = os.environ | {"LINKUP_DATABASE_URL": f"{base}/{name}", "LINKUP_CHANNEL_LAYER_URL": ""}
    server = Server(environ, tmp_path / "server.log")
    yield server, f"sessionid={client.cookies['sessionid'].value}", name
    server.kill()
