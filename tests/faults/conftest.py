"""A server on a database file of its own, to be hurt."""

import json
import os
from uuid import uuid4

import pytest

from server import Site

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
