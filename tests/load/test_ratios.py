"""LinkUp beside other chats, in a few seconds: what falls far below its target in `make bench` is red here."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from figures import ratios
from rates import ECHO, LINKUP, TUTORIAL, Values, sites, throughput, waits

from needs import skip_or_fail

MEMORY = Path("/dev/shm")  # a disk that others write to, too, would be what is measured


@pytest.fixture
def folder(tmp_path) -> Iterator[Path]:
    """A folder in memory, where the system has one."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield Path(name)


async def measured(folder: Path, **services: str) -> tuple[float, float, float]:
    """Return LinkUp's throughput beside the echo and the tutorial's chat, and how long it keeps one client waiting."""
    async with sites(folder, [LINKUP, ECHO, TUTORIAL], **services) as running:
        rates, _costs = await throughput(running, rounds=5, seconds=0.3, clients=20)
        took = await waits({chat: running[chat] for chat in (LINKUP, TUTORIAL)}, rounds=1, messages=30)
    found = beside(rates, ECHO), beside(rates, TUTORIAL), beside(took, TUTORIAL)
    print("of echo {:.2f}, of the tutorial {:.2f}, wait {:.2f}".format(*found))
    return found


def beside(values: Values, chat: str) -> float:
    return median(ratios(values[LINKUP], values[chat]))


async def test_on_sqlite(folder):
    # Not the throughput of the tutorial's chat: it waits for the disk, as LinkUp does not, and in memory is ahead.
    of_echo, _of_tutorial, wait = await measured(folder)
    assert of_echo >= 0.1
    assert wait <= 1.33


async def test_on_postgresql(folder):
    if not (os.environ.get("LINKUP_DATABASE_URL") and os.environ.get("LINKUP_CHANNEL_LAYER_URL")):
        skip_or_fail("services", "needs PostgreSQL and Redis in LINKUP_DATABASE_URL and LINKUP_CHANNEL_LAYER_URL")
    services = {"postgresql": os.environ["LINKUP_DATABASE_URL"], "redis": os.environ["LINKUP_CHANNEL_LAYER_URL"]}
    of_echo, of_tutorial, wait = await measured(folder, **services)
    assert of_echo >= 0.17
    assert of_tutorial >= 1.33
    assert wait <= 1.33
