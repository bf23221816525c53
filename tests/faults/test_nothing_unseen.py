"""A page that is open and connected shows every stored message two heartbeats later, whatever became of the events."""

import asyncio
import os

import pytest
from crowd import crowd, opened
from page import Page

from needs import skip_or_fail

MESSAGES = 40


@pytest.fixture(params=["SQLite, in memory", "PostgreSQL, Redis"])
def services(request):
    """What a crowd's server stands on."""
    if request.param.startswith("SQLite"):
        return {}
    if not (os.environ.get("LINKUP_DATABASE_URL") and os.environ.get("LINKUP_CHANNEL_LAYER_URL")):
        skip_or_fail("services", "needs PostgreSQL and Redis in LINKUP_DATABASE_URL and LINKUP_CHANNEL_LAYER_URL")
    return {"postgresql": os.environ["LINKUP_DATABASE_URL"], "redis": os.environ["LINKUP_CHANNEL_LAYER_URL"]}


async def all_shown(page: Page, receipts: list[dict], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        for receipt in receipts:
            await page.shows(receipt["id"])


async def sent_from(pages: list[Page], number: int = MESSAGES) -> list[dict]:
    """Send messages from several tabs at once; return their receipts."""
    return await asyncio.gather(*[pages[n % len(pages)].send(f"message {n}") for n in range(number)])


@pytest.mark.parametrize(
    "faults", [{"TEST_CAPACITY": "3"}, {"TEST_LOSES_EVERY": "2"}], ids=["layer full", "not passed on"]
)
async def test_events_are_lost(tmp_path, services, faults):
    async with crowd(tmp_path, 2, clock="fast", **services, **faults) as site:
        tabs, reader = [site.page(0) for _ in range(4)], site.page(1)
        async with opened([*tabs, reader]):
            receipts = await sent_from(tabs)
            for page in [reader, *tabs]:
                await all_shown(page, receipts)
            assert len(reader.shown) == MESSAGES


async def test_the_last_of_all_is_lost(tmp_path, services):
    """No other message shows that one is missing."""
    async with crowd(tmp_path, 2, clock="fast", TEST_LOSES_EVERY="1", **services) as site:
        sender, reader = site.page(0), site.page(1)
        async with opened([sender, reader]):
            await all_shown(reader, [await sender.send("the only one")])


async def test_the_server_is_killed(tmp_path, services, dose):
    async with crowd(tmp_path, 2, clock="fast", **services) as site:
        tabs, reader = [site.page(0) for _ in range(2)], site.page(1)
        async with opened([*tabs, reader]):
            for _round in range(dose(2, 20)):
                sending = asyncio.create_task(sent_from(tabs))
                await reader.shows_more()
                site.server.kill()
                await asyncio.to_thread(site.server.start)
                for page in (*tabs, reader):
                    page.failures = 0
                await all_shown(reader, await asyncio.wait_for(sending, 60))
            assert len(reader.shown) == MESSAGES * dose(2, 20)
        assert "Traceback" not in site.server.log.read_text()


async def test_redis_is_restarted(tmp_path, redis):
    port, start, kill = redis
    async with crowd(tmp_path, 2, clock="fast", redis=f"redis://127.0.0.1:{port}/0") as site:
        sender, reader = site.page(0), site.page(1)
        async with opened([sender, reader]):
            await all_shown(reader, [await sender.send("before")])
            kill()
            during = asyncio.create_task(sender.send("during"))
            start()
            receipts = [await asyncio.wait_for(during, 60), await asyncio.wait_for(sender.send("after"), 60)]
            await all_shown(reader, receipts, seconds=60)
