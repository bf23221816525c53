"""What a test may lack on a user's machine, and must not lack in CI."""

import os
import re

import pytest


def skip_or_fail(what, reason):
    """Skip a test that lacks something, unless WORKSHOP_DEMAND names it: CI has everything."""
    if what in os.environ.get("WORKSHOP_DEMAND", "").split(","):
        pytest.fail(f"WORKSHOP_DEMAND asks for {what}: {reason}")
    pytest.skip(reason)


def channel_layer_url() -> str:
    """Return the Redis to use: a database of its own for each worker, since their users have the same ids."""
    url = os.environ["LINKUP_CHANNEL_LAYER_URL"].rstrip("/")
    worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
    return re.sub(r"(?<=\d)/\d+$", "", url) + f"/{worker % 16}"
