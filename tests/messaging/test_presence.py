"""Online is who has at least one socket open, in whichever process, and no process that crashed counts."""

from uuid import uuid4

import pytest
from django.utils import timezone

from messaging import heartbeat
from messaging.async_handlers import get_user_presence, set_user_online_status
from messaging.models import ALIVE, Connection, UserStatus

pytestmark = pytest.mark.django_db(transaction=True)


async def test_presence_follows_the_socket(ana, ben, ana_cookie, ben_cookie, socket, frame_of):
    async with socket(ben_cookie, "ana") as b:
        first = await frame_of(b, "presence")
        assert first == {"type": "presence", "username": "ana", "is_online": False, "last_seen": None}
        async with socket(ana_cookie, "ben") as a:
            assert (await frame_of(a, "presence"))["is_online"] is True
            assert (await frame_of(b, "presence"))["is_online"] is True
        gone = await frame_of(b, "presence")
        assert gone["is_online"] is False
    status = await UserStatus.objects.aget(user=ana)
    assert status.is_online is False
    assert status.last_seen.isoformat() == gone["last_seen"]
    assert not await Connection.objects.aexists()


async def test_the_second_tab_keeps_its_user_online(ana, ben, ana_cookie, ben_cookie, socket, frame_of, close_code_of):
    async with socket(ben_cookie, "ana") as b:
        await frame_of(b, "presence")
        async with socket(ana_cookie, "ben") as first:
            await frame_of(first, "presence")
            async with socket(ana_cookie, "ben") as second:
                await frame_of(second, "presence")
            assert (await get_user_presence(ana.pk))["is_online"] is True
        # Ben was told that Ana came and that she went, and nothing when her second tab closed.
        assert [(await frame_of(b, "presence"))["is_online"] for _ in range(2)] == [True, False]


async def test_a_socket_that_crashed_is_not_counted(ana):
    crashed, alive = uuid4(), uuid4()
    await set_user_online_status(ana.pk, crashed, True)
    await Connection.objects.aupdate(seen_at=timezone.now() - ALIVE)
    await set_user_online_status(ana.pk, alive, True)
    assert [c.pk async for c in Connection.objects.all()] == [alive]
    await set_user_online_status(ana.pk, alive, False)
    assert (await get_user_presence(ana.pk))["is_online"] is False


async def test_an_open_socket_counts_itself_in_again(ana):
    """Its process was halted for so long that another one took it for crashed."""
    halted, other = uuid4(), uuid4()
    await set_user_online_status(ana.pk, halted, True)
    await Connection.objects.all().adelete()
    await set_user_online_status(ana.pk, halted, True)
    await set_user_online_status(ana.pk, other, False)
    assert (await get_user_presence(ana.pk))["is_online"] is True


async def test_a_heartbeat_keeps_a_quiet_user_online_and_tells_of_a_crash_on_the_other_side(
    ana, ben, ana_cookie, socket, frame_of, monkeypatch
):
    await set_user_online_status(ben.pk, uuid4(), True)
    monkeypatch.setattr(heartbeat, "HEARTBEAT", 0.05)
    async with socket(ana_cookie, "ben") as a:
        assert (await frame_of(a, "presence"))["is_online"] is True
        for user in (ana, ben):
            await UserStatus.objects.filter(user=user).aupdate(last_seen=timezone.now() - ALIVE)
        assert (await frame_of(a, "presence"))["is_online"] is False
        # The heartbeat that looked after Ben wrote Ana's own sign of life before.
        assert (await get_user_presence(ana.pk))["is_online"] is True
