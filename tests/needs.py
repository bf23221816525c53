"""What a test may lack on a user's machine, and must not lack in CI."""

import os

import pytest


def skip_or_fail(what, reason):
    """Skip a test that lacks something, unless WORKSHOP_DEMAND names it: CI has everything."""
    if what in os.environ.get("WORKSHOP_DEMAND", "").split(","):
        pytest.fail(f"WORKSHOP_DEMAND asks for {what}: {reason}")
    pytest.skip(reason)
