"""Who does not get into a chat, who is put out of it, and with which close code."""

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.test import Client

from linkup import sockets
from messaging import consumers, heartbeat, rate
from messaging.models import Message
from messaging.protocol import VERSION, CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_visitor(ben, socket, close_code_of, monkeypatch):
    monkeypatch.setattr(heartbeat, "HEARTBEAT", 0.01)
    async with socket("", "ben") as chat:
        assert await close_code_of(chat) == CloseCode.NOT_LOGGED_IN.value
        # The heartbeats until the client has closed its side are for members.
        assert await chat.receive_nothing(timeout=0.2)


@pytest.mark.parametrize("peer", ["nobody", "ana", "idle"])
async def test_an_unknown_or_inactive_user_and_oneself_are_no_peers(
    ana, ana_cookie, socket, close_code_of, django_user_model, peer
):
    await django_user_model.objects.acreate(username="idle", is_active=False)
    async with socket(ana_cookie, peer) as chat:
        assert await close_code_of(chat) == CloseCode.UNKNOWN_USER.value
        # A frame that was on its way when the server closed is no error.
        await chat.send_json_to({"type": "history"})
        assert await chat.receive_nothing()


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "http://localhost:8888", "ftp://localhost", "http://[", "null", ""]
)
async def test_a_page_of_another_origin(ana, ben, ana_cookie, socket, close_code_of, origin):
    async with socket(ana_cookie, "ben", origin=origin) as chat:
        assert await close_code_of(chat) == CloseCode.FOREIGN_ORIGIN.value


async def test_a_socket_without_origin(ana, ben, ana_cookie, close_code_of):
    from linkup.asgi import application

    chat = WebsocketCommunicator(application, "/ws/chat/ben/", [(b"cookie", ana_cookie.encode())])
    await chat.connect(timeout=10)
    assert await close_code_of(chat) == CloseCode.FOREIGN_ORIGIN.value
    await chat.disconnect()


async def test_a_page_without_encryption_of_a_site_that_encrypts(ana, ben, ana_cookie, socket, close_code_of, settings):
    settings.SESSION_COOKIE_SECURE = True
    async with socket(ana_cookie, "ben") as chat:
        assert await close_code_of(chat) == CloseCode.FOREIGN_ORIGIN.value
    async with socket(ana_cookie, "ben", origin="https://localhost") as chat:
        assert (await chat.receive_json_from(timeout=10))["type"] == "presence"


async def test_who_has_too_many_chats_open(
    ana, ben, ana_cookie, ben_cookie, socket, frame_of, close_code_of, monkeypatch
):
    monkeypatch.setattr(consumers, "SOCKETS", 1)
    async with socket(ana_cookie, "ben") as first, socket(ben_cookie, "ana") as other:
        for chat in (first, other):
            await frame_of(chat, "presence")
        async with socket(ana_cookie, "ben") as second:
            assert await close_code_of(second) == CloseCode.TOO_MANY_CHATS.value
    async with socket(ana_cookie, "ben") as chat:
        await frame_of(chat, "presence")


async def test_when_too_many_come_at_once(
    ana, ben, ana_cookie, ben_cookie, socket, frame_of, close_code_of, monkeypatch
):
    monkeypatch.setattr(sockets, "COMING_IN", 1)
    async with socket(ana_cookie, "ben") as first, socket(ben_cookie, "ana") as turned_away:
        assert await close_code_of(turned_away) == CloseCode.TRY_AGAIN_LATER.value
        await frame_of(first, "presence")  # it is in, and makes room
        async with socket(ben_cookie, "ana") as second:
            await frame_of(second, "presence")


async def test_an_address_that_leads_nowhere(ana, ana_cookie, socket, close_code_of, monkeypatch):
    monkeypatch.setattr(get_channel_layer(), "receive", None)  # nor is the layer asked for anything
    async with socket(ana_cookie, "ben", path="/ws/shout/{}/") as chat:
        assert await close_code_of(chat) == CloseCode.UNKNOWN_USER.value


async def test_a_client_that_speaks_another_version(ana, ben, ana_cookie, socket, close_code_of):
    async with socket(ana_cookie, "ben", versions=["linkup.v9"]) as chat:
        assert await close_code_of(chat) == CloseCode.UNKNOWN_VERSION.value


async def test_the_version_is_agreed_on(ana, ben, ana_cookie):
    from linkup.asgi import application

    headers = [(b"cookie", ana_cookie.encode()), (b"origin", b"http://localhost"), (b"host", b"localhost")]
    chat = WebsocketCommunicator(application, "/ws/chat/ben/", headers, subprotocols=["linkup.v9", VERSION])
    assert await chat.connect(timeout=10) == (True, VERSION)
    await chat.disconnect()


async def test_a_logout_ends_the_sockets_of_that_session_alone(
    ana, ben, ana_cookie, cookie, socket, frame_of, close_code_of
):
    phone = await sync_to_async(cookie)(ana)
    async with socket(ana_cookie, "ben") as laptop_chat, socket(phone, "ben") as phone_chat:
        for chat in (laptop_chat, phone_chat):
            await frame_of(chat, "presence")
        await sync_to_async(Client(headers={"cookie": ana_cookie}).post)("/logout/")
        assert await close_code_of(laptop_chat) == CloseCode.NOT_LOGGED_IN.value
        await phone_chat.send_json_to({"type": "history"})
        assert (await frame_of(phone_chat, "history"))["messages"] == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
async def test_an_account_that_changed_is_noticed_with_the_next_heartbeat(
    ana, ben, ana_cookie, socket, close_code_of, monkeypatch, change
):
    monkeypatch.setattr(heartbeat, "HEARTBEAT", 0.05)
    async with socket(ana_cookie, "ben") as chat:
        await type(ana).objects.filter(pk=ana.pk).aupdate(**change)
        assert await close_code_of(chat) == CloseCode.NOT_LOGGED_IN.value


async def test_writing_to_an_account_that_was_deleted(
    ana, ben, ana_cookie, socket, frame_of, close_code_of, new_message, caplog
):
    async with socket(ana_cookie, "ben") as chat:
        await frame_of(chat, "presence")
        await ben.adelete()
        await chat.send_json_to(new_message())
        assert await close_code_of(chat) == CloseCode.UNKNOWN_USER.value
    assert not await Message.objects.aexists()
    assert not caplog.records


async def test_an_account_that_is_deleted_while_its_chat_is_open(ana, ben, ana_cookie, socket, frame_of, caplog):
    async with socket(ana_cookie, "ben") as chat:
        await frame_of(chat, "presence")
        await ana.adelete()
    assert not caplog.records


async def test_who_sends_too_fast_is_told_and_then_put_out(
    ana, ben, ana_cookie, socket, frame_of, close_code_of, monkeypatch
):
    monkeypatch.setattr(rate, "monotonic", lambda: 0.0)  # no time passes
    async with socket(ana_cookie, "ben") as chat:
        for _ in range(rate.BURST):
            await chat.send_json_to({"type": "typing"})
        await chat.send_to(text_data="{")
        assert (await frame_of(chat, "error"))["code"] == "too_fast"
        for _ in range(rate.PATIENCE):
            await chat.send_json_to({"type": "typing"})
        assert await close_code_of(chat) == CloseCode.TOO_FAST.value


async def test_the_tabs_of_a_user_share_one_budget(
    ana, ben, ana_cookie, ben_cookie, socket, frame_of, new_message, monkeypatch
):
    monkeypatch.setattr(rate, "monotonic", lambda: 0.0)
    async with socket(ana_cookie, "ben") as first, socket(ana_cookie, "ben") as second, socket(ben_cookie, "ana") as b:
        for chat in (first, second, b):
            await frame_of(chat, "presence")
        for _ in range(rate.BURST):
            await first.send_json_to({"type": "typing"})
        await first.send_json_to({"type": "history"})
        assert (await frame_of(first, "error"))["code"] == "too_fast"  # all of its frames have been served
        await second.send_json_to({"type": "typing"})
        assert (await frame_of(second, "error"))["code"] == "too_fast"
        await b.send_json_to(new_message("Ben is not concerned"))
        assert (await frame_of(b, "message"))["message"]["content"] == "Ben is not concerned"


def test_a_budget_fills_up_again(monkeypatch):
    now = 0.0
    monkeypatch.setattr(rate, "monotonic", lambda: now)
    budget = rate.Allowance()
    for _ in range(rate.BURST):
        budget.take()
    with pytest.raises(rate.FrameError):
        budget.take()
    assert budget.refused == 1
    now = 1 / rate.FRAMES_PER_SECOND
    budget.take()
    assert (budget.refused, budget.is_exhausted) == (0, False)
    now = 1e9
    for _ in range(rate.BURST):
        budget.take()
    with pytest.raises(rate.FrameError):
        budget.take()
