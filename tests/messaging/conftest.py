"""Two people, and sockets to LinkUp's own ASGI application."""

import os
from contextlib import asynccontextmanager
from copy import deepcopy
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from channels.testing import WebsocketCommunicator
from django.db import connections
from django.test import Client

from needs import channel_layer_url


@pytest.fixture
def ana(django_user_model):
    return django_user_model.objects.create_user("ana", password="correct horse")


@pytest.fixture
def ben(django_user_model):
    return django_user_model.objects.create_user("ben", password="correct horse")


@pytest.fixture(autouse=True)
def fresh_channel_layer(settings):
    """Give each test a channel layer of its own: an in-memory one belongs to the loop that used it first."""
    if os.environ.get("LINKUP_CHANNEL_LAYER_URL"):
        layer = deepcopy(settings.CHANNEL_LAYERS)
        layer["default"]["CONFIG"]["hosts"][0]["address"] = channel_layer_url()
        settings.CHANNEL_LAYERS = layer
    channel_layers.backends = {}
    yield
    channel_layers.backends = {}


@pytest.fixture(autouse=True)
async def closed_connections():
    """Close what a test's own async queries leave open; PostgreSQL does not drop a database in use."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def socket():
    """Open a socket with a user's session: async with socket(ana_cookie, "ben") as chat."""
    from linkup.asgi import application

    @asynccontextmanager
    async def open_socket(cookie, peer, origin="http://localhost"):
        headers = [(b"cookie", cookie.encode()), (b"origin", origin.encode())]
        communicator = WebsocketCommunicator(application, f"/ws/chat/{peer}/", headers)
        connected, _subprotocol = await communicator.connect(timeout=10)
        assert connected
        try:
            yield communicator
        finally:
            await communicator.disconnect(timeout=10)

    return open_socket


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
