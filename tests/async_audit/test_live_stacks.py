"""Which frame of a running loop's stack is to be repaired, and what is no finding."""

import asyncio
import gc
import sys
import time
from unittest.mock import AsyncMock

import pytest

from async_audit.live.recorder import Recorder
from async_audit.live.stacks import LiveFrame, from_last_async, way_down

LOOP = LiveFrame("/usr/lib/python3.11/asyncio/events.py", 80, "_run")
VIEW = LiveFrame("/shop/views.py", 1, "view", is_async=True)
TEST = LiveFrame("/shop/test_views.py", 1, "test", is_async=True)
HELPER = LiveFrame("/shop/models.py", 2, "helper")
RESOLVER = LiveFrame("/shop/schema.py", 3, "resolver")
EXECUTOR = LiveFrame("/venv/lib/python3.11/site-packages/graphql/execute.py", 4, "run", is_async=True)
ORM = LiveFrame("/venv/lib/python3.11/site-packages/django/db/models/query.py", 5, "_fetch_all")
GENERATED = LiveFrame("<string>", 6, "__init__")
COMPREHENSION = LiveFrame("/shop/views.py", 7, "<genexpr>", is_async=True)


@pytest.mark.parametrize(
    ("frames", "way"),
    [
        ([LOOP, VIEW, HELPER, ORM], [VIEW, HELPER]),
        ([LOOP, VIEW, EXECUTOR, RESOLVER, HELPER, ORM], [RESOLVER, HELPER]),
        ([LOOP, VIEW, EXECUTOR, ORM], [VIEW, EXECUTOR]),
        ([LOOP, TEST, EXECUTOR, ORM], [EXECUTOR]),
        ([LOOP, EXECUTOR, ORM], [EXECUTOR]),
        ([LOOP, RESOLVER, HELPER, ORM], [RESOLVER, HELPER]),
        ([RESOLVER, HELPER, ORM], [HELPER]),
        ([LOOP, VIEW, GENERATED, COMPREHENSION, ORM], [VIEW, COMPREHENSION]),
        ([LOOP, ORM], []),
    ],
    ids=[
        "async function, its helper",
        "package calls back",
        "package asks for a view",
        "package asks in a test",
        "package asks for nobody",
        "callback of the loop",
        "loop out of sight",
        "comprehension",
        "nobody's",
    ],
)
def test_the_way_down(frames, way):
    last = from_last_async(frames)
    assert (way_down(last, lambda frame: frame is TEST) if last else []) == way


@pytest.fixture
def recorder():
    recorder = Recorder(0.1, lambda: None)
    recorder.start()
    yield recorder
    recorder.stop()


@pytest.mark.filterwarnings("ignore:coroutine 'AsyncMockMixin")
def test_a_mock_that_nobody_awaits(recorder, tmp_path):
    """It is async where the function that it stands for may be not."""
    AsyncMock()()
    gc.collect()
    assert list(recorder.findings(tmp_path)) == []


def test_many_callbacks_are_no_long_one(recorder, tmp_path):
    async def is_busy():
        for _step in range(20):
            time.sleep(0.01)
            await asyncio.sleep(0)

    asyncio.run(is_busy())
    assert recorder.size() == 0


def test_an_import_is_no_finding(recorder, tmp_path, monkeypatch):
    """It happens once."""
    (tmp_path / "slow_to_import.py").write_text("import time\ntime.sleep(0.5)\n")
    monkeypatch.syspath_prepend(tmp_path)

    async def imports():
        import slow_to_import  # noqa: F401

    asyncio.run(imports())
    del sys.modules["slow_to_import"]
    assert recorder.size() == 1, "the watchdog has seen it"
    assert list(recorder.findings(tmp_path)) == []
