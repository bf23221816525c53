"""Two people, and sockets to LinkUp's own ASGI application."""

import asyncio
import os
import shutil
import threading
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from functools import cache
from uuid import uuid4

import psycopg
import pytest
from channels.testing import WebsocketCommunicator
from django.contrib.auth.hashers import make_password
from django.core.cache import cache as django_cache
from django.db.backends.signals import connection_created
from django.test import Client

from program import Program


@pytest.fixture(scope="session")
def hashed_password():
    """What is stored of the password "correct horse", made once: a hash takes a quarter of a second."""
    return make_password("correct horse")


@pytest.fixture
def ana(django_user_model, hashed_password):
    return django_user_model.objects.create(username="ana", password=hashed_password)


@pytest.fixture
def ben(django_user_model, hashed_password):
    return django_user_model.objects.create(username="ben", password=hashed_password)


@pytest.fixture(autouse=True)
def no_attempts():
    """Let each test log in as if nobody had tried before."""
    django_cache.clear()


@pytest.fixture(autouse=True)
def own_layer_and_connections(fresh_channel_layer, closed_connections):
    """Use both in every test here."""


@pytest.fixture
def socket():
    """Open a socket with a user's session: async with socket(ana_cookie, "ben") as chat."""
    from linkup.asgi import application

    @asynccontextmanager
    async def open_socket(cookie, peer, origin="http://localhost", path="/ws/chat/{}/", versions=()):
        headers = [(b"cookie", cookie.encode()), (b"origin", origin.encode()), (b"host", b"localhost")]
        communicator = WebsocketCommunicator(application, path.format(peer), headers, subprotocols=list(versions))
        connected, _subprotocol = await communicator.connect(timeout=10)
        assert connected
        try:
            yield communicator
        finally:
            await communicator.disconnect(timeout=10)

    return open_socket


@pytest.fixture
def frame_of():
    """Return the next frame of one kind; others may come in between."""

    async def next_frame(chat, kind):
        while (frame := await chat.receive_json_from(timeout=10))["type"] != kind:
            pass
        return frame

    return next_frame


@pytest.fixture
def close_code_of():
    """Read a socket to its end, and return the code it was closed with."""

    async def code(chat):
        while (output := await chat.receive_output(timeout=10))["type"] != "websocket.close":
            pass
        return output["code"]

    return code


@pytest.fixture
def cookie():
    """Log a user in and return the cookie header of their browser."""

    def log_in(user):
        client = Client()
        client.force_login(user)
        return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())

    return log_in


@pytest.fixture
def ana_cookie(ana, cookie):
    return cookie(ana)


@pytest.fixture
def ben_cookie(ben, cookie):
    return cookie(ben)


@pytest.fixture
def new_message():
    """Return a frame that sends a message."""

    def frame(content="Hello", **fields):
        return {"type": "message", "client_id": str(uuid4()), "content": content, **fields}

    return frame


@pytest.fixture
def write(ana, ben):
    """Store a message: await write("Hello")."""
    from messaging.models import Message

    async def create(content):
        return await Message.objects.acreate(sender=ana, recipient=ben, content=content)

    return create


@pytest.fixture
def stored():
    """Return what the stored messages say, oldest first: await stored()."""
    from messaging.models import Message

    async def contents():
        return [content async for content in Message.objects.order_by("pk").values_list("content", flat=True)]

    return contents


class Gate:
    """A call that waits in its thread, once it is reached, until the test lets it pass."""

    def __init__(self):
        self.loop, self.reached, self.passable = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def __call__(self, *args, **kwargs):
        self.loop.call_soon_threadsafe(self.reached.set)
        assert self.passable.wait(30)

    def let_pass(self):
        self.passable.set()


@pytest.fixture
async def gate():
    gate = Gate()
    yield gate
    gate.let_pass()


@pytest.fixture
def block_connections():
    """Return the connections that blocks of aatomic() opened; none may be open at the end, and no thread left."""
    opened = []

    def note(connection, **kwargs):
        if threading.current_thread().name.startswith("aatomic"):
            opened.append(connection)

    connection_created.connect(note)
    yield opened
    connection_created.disconnect(note)
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("aatomic")]
    for thread in threads:
        thread.join(10)
    assert [thread for thread in threads if thread.is_alive()] == []
    assert [wrapper for wrapper in opened if wrapper.connection is not None] == []


@contextmanager
def program_in(folder, server, like=None):
    """Make a copy of LinkUp with a database of its own, empty or like another one's: on a server, or a file."""
    if not server.startswith("postgres"):
        program = Program(folder)
        if like:
            shutil.copyfile(like.file, program.file)
        yield program
        return
    address, name = server.rpartition("/")[0], f"scripts_{uuid4().hex}"
    template = like.database_url.rpartition("/")[2] if like else "template1"
    with closing(psycopg.connect(f"{address}/postgres", autocommit=True)) as database:
        database.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield Program(folder, f"{address}/{name}")
        database.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def server():
    """LINKUP_DATABASE_URL, or nothing."""
    return os.environ.get("LINKUP_DATABASE_URL", "")


@pytest.fixture
def program(tmp_path, server):
    """A copy of LinkUp with an empty database: on PostgreSQL when LINKUP_DATABASE_URL says so, else a file."""
    with program_in(tmp_path, server) as program:
        yield program


@pytest.fixture
def file_program(tmp_path):
    """A copy of LinkUp without a database yet; it will be a SQLite file."""
    return Program(tmp_path)


@pytest.fixture(scope="session")
def at_0006(tmp_path_factory):
    """Return a program that was migrated up to 0006, once for each kind of server."""
    with ExitStack() as stack:

        @cache
        def migrated(server):
            program = stack.enter_context(program_in(tmp_path_factory.mktemp("at_0006"), server))
            program.migrate("messaging", "0006")
            return program

        yield migrated


@pytest.fixture
def old_program(tmp_path, server, at_0006):
    """What `program` is, with the tables as they were before 0007."""
    with program_in(tmp_path, server, like=at_0006(server)) as program:
        yield program


@pytest.fixture
def old_file_program(tmp_path, at_0006):
    """What `file_program` is, with the tables as they were before 0007."""
    with program_in(tmp_path, "", like=at_0006("")) as program:
        yield program
