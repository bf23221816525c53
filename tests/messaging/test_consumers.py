"""The chat socket, frame by frame."""

import pytest
from channels.testing import WebsocketCommunicator

from messaging.models import Message, UserStatus
from messaging.protocol import CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


async def frame_of(chat, kind):
    """Return the next frame of one kind; presence may come in between."""
    while (frame := await chat.receive_json_from(timeout=10))["type"] != kind:
        pass
    return frame


async def test_a_message_reaches_both_sides_and_is_delivered(ana, ben, ana_cookie, ben_cookie, socket, new_message):
    async with socket(ana_cookie, "ben") as a, socket(ben_cookie, "ana") as b:
        await frame_of(b, "presence")
        sent = new_message("See you at eight?")
        await a.send_json_to(sent)
        receipt = (await frame_of(a, "message"))["message"]
        arrived = (await frame_of(b, "message"))["message"]
        assert receipt == arrived
        assert (receipt["client_id"], receipt["content"]) == (sent["client_id"], "See you at eight?")
        assert await frame_of(a, "status") == {"type": "status", "id": receipt["id"], "status": "delivered"}
    row = await Message.objects.aget()
    assert (row.sender_id, row.recipient_id, row.status) == (ana.pk, ben.pk, "delivered")


async def test_a_third_user_hears_nothing(ana, ben, ana_cookie, socket, cookie, django_user_model, new_message):
    chloe = await django_user_model.objects.acreate(username="chloe")
    from asgiref.sync import sync_to_async

    chloe_cookie = await sync_to_async(cookie)(chloe)
    async with socket(ana_cookie, "ben") as a, socket(chloe_cookie, "ben") as c:
        await frame_of(c, "presence")
        await a.send_json_to(new_message())
        await frame_of(a, "message")
        # Chloe's own history request is answered next: nothing of the message lies before it.
        await c.send_json_to({"type": "history"})
        assert await c.receive_json_from(timeout=10) == {"type": "history", "messages": []}


async def test_presence_follows_the_socket(ana, ben, ana_cookie, ben_cookie, socket):
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


async def test_history(ana, ben, ana_cookie, socket, new_message):
    async with socket(ana_cookie, "ben") as a:
        for content in ("one", "two"):
            await a.send_json_to(new_message(content))
        second = [(await frame_of(a, "message"))["message"] for _ in range(2)][1]
        await a.send_json_to({"type": "history", "before_id": second["id"]})
        assert [m["content"] for m in (await frame_of(a, "history"))["messages"]] == ["one"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("{", "not_json"), ('{"type": "shutdown"}', "unknown_type"), ('{"type": "message"}', "invalid_client_id")],
)
async def test_a_bad_frame_gets_an_error_and_the_socket_stays_open(
    ana, ben, ana_cookie, socket, new_message, text, code
):
    async with socket(ana_cookie, "ben") as a:
        await a.send_to(text_data=text)
        assert (await frame_of(a, "error"))["code"] == code
        await a.send_to(bytes_data=b"\x00")
        assert (await frame_of(a, "error"))["code"] == "not_text"
        await a.send_json_to(new_message("still here"))
        assert (await frame_of(a, "message"))["message"]["content"] == "still here"


async def test_a_visitor_is_turned_away_with_a_code(ben, socket):
    async with socket("", "ben") as chat:
        assert await chat.receive_output(timeout=10) == {
            "type": "websocket.close",
            "code": CloseCode.NOT_LOGGED_IN.value,
        }


@pytest.mark.parametrize("peer", ["nobody", "ana"])
async def test_an_unknown_user_and_oneself_are_no_peers(ana, ana_cookie, socket, peer):
    async with socket(ana_cookie, peer) as chat:
        assert await chat.receive_output(timeout=10) == {
            "type": "websocket.close",
            "code": CloseCode.UNKNOWN_USER.value,
        }
        # A frame that was on its way when the server closed is no error.
        await chat.send_json_to({"type": "history"})
        assert await chat.receive_nothing()


async def test_a_page_of_another_origin_is_refused(ana, ana_cookie, ben):
    from linkup.asgi import application

    headers = [(b"cookie", ana_cookie.encode()), (b"origin", b"https://elsewhere.example")]
    communicator = WebsocketCommunicator(application, "/ws/chat/ben/", headers)
    connected, _code = await communicator.connect(timeout=10)
    assert not connected
    await communicator.disconnect()
