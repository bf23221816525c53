"""The server process from inside: what it reports of a connection."""

import asyncio
import runpy
import sys

import pytest

from workshop.server_process import SERVER


@pytest.mark.parametrize(
    ("error", "failed"),
    [(None, False), (ValueError, True), (asyncio.CancelledError, False)],
    ids=["well", "failed", "cancelled"],
)
async def test_only_what_daphne_will_log_counts_as_failed(monkeypatch, error, failed):
    """Daphne does not log a cancelled connection, so waiting for its record would never end."""
    monkeypatch.setattr(sys, "path", [str(SERVER), *sys.path])
    server = runpy.run_path(str(SERVER / "serve.py"), run_name="server")
    events = []

    async def application(scope, receive, send):
        if error:
            raise error

    try:
        reported = server["reporting"](
            application, lambda event, **fields: events.append((event, fields.get("failed")))
        )
        await reported({"type": "websocket"}, None, None)
        raised = None
    except (ValueError, asyncio.CancelledError) as caught:
        raised = type(caught)
    assert raised is error
    assert events == [("opened", None), ("ended", failed)]


def test_a_comprehension_is_a_part_of_its_function(monkeypatch):
    """It has a frame of its own in Python 3.11 alone; a generator has one everywhere."""
    monkeypatch.setattr(sys, "path", [str(SERVER), *sys.path])
    function_of = runpy.run_path(str(SERVER / "frames.py"))["function_of"]

    def listed():
        frames = [[sys._getframe() for _ in "1"] for _ in "1"]
        return frames[0][0]

    def generated():
        return next(sys._getframe() for _ in "1")

    assert [function_of(frame.f_code) for frame in (listed(), generated())] == ["listed", "<genexpr>"]
