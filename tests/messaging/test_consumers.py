"""The chat socket, frame by frame."""

import json

import pytest
from asgiref.sync import sync_to_async

from messaging.heartbeat import heart
from messaging.message_persistence_manager import mark_messages_async
from messaging.models import Message
from messaging.protocol import MAX_CONTENT, MAX_FRAME, CloseCode

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_message_reaches_both_sides_and_is_delivered(
    ana, ben, ana_cookie, ben_cookie, socket, frame_of, new_message
):
    async with socket(ana_cookie, "ben") as a, socket(ben_cookie, "ana") as b:
        await frame_of(b, "presence")
        sent = new_message("See you at eight?")
        await a.send_json_to(sent)
        receipt = (await frame_of(a, "message"))["message"]
        arrived = (await frame_of(b, "message"))["message"]
        assert receipt == arrived
        assert (receipt["client_id"], receipt["content"]) == (sent["client_id"], "See you at eight?")
        moved = {"type": "status", "recipient_id": ben.pk, "up_to_id": receipt["id"], "status": "delivered"}
        assert await frame_of(a, "status") == moved
    row = await Message.objects.aget()
    assert (row.sender_id, row.recipient_id, row.status) == (ana.pk, ben.pk, "delivered")


async def test_a_third_user_hears_nothing(
    ana, ben, ana_cookie, socket, frame_of, cookie, django_user_model, new_message
):
    chloe = await django_user_model.objects.acreate(username="chloe")
    chloe_cookie = await sync_to_async(cookie)(chloe)
    async with socket(ana_cookie, "ben") as a, socket(chloe_cookie, "ben") as c:
        await frame_of(c, "presence")
        await a.send_json_to(new_message())
        await frame_of(a, "message")
        # Chloe's own history request is answered next: nothing of the message lies before it.
        await c.send_json_to({"type": "history"})
        assert await c.receive_json_from(timeout=10) == {
            "type": "history",
            "messages": [],
            "before_id": None,
            "after_id": None,
        }


async def test_history(ana, ben, ana_cookie, socket, frame_of, new_message):
    async with socket(ana_cookie, "ben") as a:
        for content in ("one", "two"):
            await a.send_json_to(new_message(content))
        second = [(await frame_of(a, "message"))["message"] for _ in range(2)][1]
        await a.send_json_to({"type": "history", "before_id": second["id"]})
        older = await frame_of(a, "history")
        assert [m["content"] for m in older["messages"]] == ["one"]
        assert (older["before_id"], older["after_id"]) == (second["id"], None)
        await a.send_json_to({"type": "history", "after_id": older["messages"][0]["id"]})
        assert [m["content"] for m in (await frame_of(a, "history"))["messages"]] == ["two"]


@pytest.mark.parametrize("character", ["\N{POPCORN}", "\x01", "é"])
async def test_a_page_of_history_fits_into_a_frame(ana, ben, ana_cookie, socket, character):
    """Daphne ends a socket for a frame of 1 MiB, and a client would ask again, for ever."""
    rows = [Message(sender=ana, recipient=ben, content=character * MAX_CONTENT) for _ in range(60)]
    await Message.objects.abulk_create(rows)
    async with socket(ana_cookie, "ben") as a:
        await a.receive_from(timeout=10)
        for key, oldest_first in (("after_id", True), ("before_id", False)):
            found, end = [], {"after_id": 0, "before_id": 2**62}[key]
            while True:
                await a.send_json_to({"type": "history", key: end})
                while (frame := json.loads(text := await a.receive_from(timeout=10)))["type"] != "history":
                    pass  # asked whether it reads on
                assert len(text.encode()) < 2**19
                if not frame["messages"]:
                    break
                ids = [message["id"] for message in frame["messages"]]
                found = found + ids if oldest_first else ids + found
                end = ids[-1] if oldest_first else ids[0]
            assert found == [row.pk for row in rows]


async def test_a_message_names_the_one_that_its_sender_wrote_before(
    ana, ben, ana_cookie, ben_cookie, socket, frame_of, new_message
):
    async with socket(ana_cookie, "ben") as a, socket(ben_cookie, "ana") as b:
        ids = []
        for chat in (a, b, a, b):
            await chat.send_json_to(new_message())
            for each in (a, b):
                message = (await frame_of(each, "message"))["message"]
            ids.append((message["previous_id"], message["id"]))
    assert [previous for previous, _id in ids] == [None, None, ids[0][1], ids[1][1]]


async def test_what_waited_is_delivered_with_the_history_and_then_read(
    ana, ben, ana_cookie, ben_cookie, socket, frame_of, new_message
):
    async with socket(ana_cookie, "ben") as a:
        for content in ("one", "two"):
            await a.send_json_to(new_message(content))
        second = [(await frame_of(a, "message"))["message"] for _ in range(2)][1]
        async with socket(ben_cookie, "ana") as b:
            await b.send_json_to({"type": "history"})
            assert [m["status"] for m in (await frame_of(b, "history"))["messages"]] == ["sent", "sent"]
            told = {"type": "status", "recipient_id": ben.pk, "up_to_id": second["id"]}
            assert await frame_of(a, "status") == told | {"status": "delivered"}
            await b.send_json_to({"type": "read", "up_to_id": second["id"]})
            assert await frame_of(a, "status") == told | {"status": "read"}
            # Asked for once more, nothing moves, so nothing is told.
            await b.send_json_to({"type": "history"})
            assert [m["status"] for m in (await frame_of(b, "history"))["messages"]] == ["read", "read"]
    assert [row.status async for row in Message.objects.order_by("pk")] == ["read", "read"]


async def test_several_messages_have_one_receipt(
    ana, ben, ana_cookie, ben_cookie, socket, frame_of, new_message, monkeypatch
):
    monkeypatch.setattr("messaging.consumers.RECEIPT", 3600)
    async with socket(ana_cookie, "ben") as a, socket(ben_cookie, "ana") as b:
        await frame_of(b, "presence")
        for content in ("one", "two", "three"):
            await a.send_json_to(new_message(content))
        third = [(await frame_of(b, "message"))["message"] for _ in range(3)][-1]
        the_hour_is_over(ben)
        told = {"type": "status", "recipient_id": ben.pk, "up_to_id": third["id"]}
        assert await frame_of(a, "status") == told | {"status": "delivered"}
    assert [row.status async for row in Message.objects.all()] == ["delivered"] * 3


async def test_what_is_read_at_once_has_that_receipt_alone(
    ana, ben, ana_cookie, ben_cookie, socket, frame_of, new_message, monkeypatch
):
    monkeypatch.setattr("messaging.consumers.RECEIPT", 3600)
    written = []

    async def mark(*arguments):
        written.append(arguments[2:])
        return await mark_messages_async(*arguments)

    monkeypatch.setattr("messaging.consumers.mark_messages_async", mark)
    async with socket(ana_cookie, "ben") as a, socket(ben_cookie, "ana") as b:
        await frame_of(b, "presence")
        for content in ("one", "two"):
            await a.send_json_to(new_message(content))
            arrived = (await frame_of(b, "message"))["message"]
            if content == "one":
                await b.send_json_to({"type": "read", "up_to_id": arrived["id"]})
                the_hour_is_over(ben)
                told = {"type": "status", "recipient_id": ben.pk, "up_to_id": arrived["id"]}
                assert await frame_of(a, "status") == told | {"status": "read"}
        # Of the second, only its arrival is known.
        await b.send_json_to({"type": "read", "up_to_id": told["up_to_id"]})
        the_hour_is_over(ben)
        told["up_to_id"] = arrived["id"]
        assert await frame_of(a, "status") == told | {"status": "delivered"}
    first = told["up_to_id"] - 1
    assert written == [(first, "read"), (first, "read"), (first + 1, "delivered")]


def the_hour_is_over(user):
    """Do what is to be done RECEIPT seconds after a message has arrived."""
    [chat] = [chat for seat, chat in heart().chats.items() if seat.user_id == user.pk]
    chat.ear.tell({"type": "chat.receipt"})


async def test_who_does_not_read_is_closed(ana, ben, ana_cookie, socket, frame_of, close_code_of, monkeypatch, write):
    monkeypatch.setattr("messaging.backlog.ASK_EACH", 2_000)
    monkeypatch.setattr("messaging.backlog.MOST", 8_000)
    await write("x" * 1_000)
    async with socket(ana_cookie, "ben") as a:
        for number in range(10):
            await a.send_json_to({"type": "history"})
            await frame_of(a, "history")
            if number % 2:
                await a.send_json_to({"type": "pong", "token": (await frame_of(a, "ping"))["token"]})
        await a.send_json_to({"type": "pong", "token": "guessed"})
        for _ in range(10):
            await a.send_json_to({"type": "history"})
        assert await close_code_of(a) == CloseCode.TRY_AGAIN_LATER.value


async def test_nobody_marks_the_messages_of_another_pair(ana, ben, ana_cookie, socket, frame_of, django_user_model):
    chloe = await django_user_model.objects.acreate(username="chloe")
    rows = [await Message.objects.acreate(sender=s, recipient=r, content="x") for s, r in [(chloe, ben), (ana, ben)]]
    async with socket(ana_cookie, "ben") as a:
        await a.send_json_to({"type": "read", "up_to_id": rows[1].pk})
        await a.send_json_to({"type": "history", "before_id": rows[1].pk})
        assert (await frame_of(a, "history"))["messages"] == []
    assert [row.status async for row in Message.objects.order_by("pk")] == ["sent", "sent"]


async def test_typing_is_told_to_the_other_side_alone(ana, ben, ana_cookie, ben_cookie, socket, frame_of):
    async with socket(ana_cookie, "ben") as a, socket(ben_cookie, "ana") as b:
        await frame_of(b, "presence")
        await a.send_json_to({"type": "typing"})
        assert await frame_of(b, "typing") == {"type": "typing", "username": "ana"}
        await a.send_json_to({"type": "history"})
        assert (await frame_of(a, "history"))["messages"] == []  # and no typing frame before: see the next line
        assert await a.receive_nothing()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "not_json"),
        ('{"type": "shutdown"}', "unknown_type"),
        ('{"type": "message"}', "invalid_client_id"),
        ("x" * (MAX_FRAME + 1), "too_large"),
    ],
)
async def test_a_bad_frame_gets_an_error_and_the_socket_stays_open(
    ana, ben, ana_cookie, socket, frame_of, new_message, text, code
):
    async with socket(ana_cookie, "ben") as a:
        await a.send_to(text_data=text)
        error = await frame_of(a, "error")
        assert error == {
            "type": "error",
            "code": code,
            "detail": error["detail"],
            "client_id": None,
            "failure_id": None,
        }
        await a.send_to(bytes_data=b"\x00")
        assert (await frame_of(a, "error"))["code"] == "not_text"
        refused = new_message(" ")
        await a.send_json_to(refused)
        assert (await frame_of(a, "error"))["client_id"] == refused["client_id"]
        await a.send_json_to(new_message("still here"))
        assert (await frame_of(a, "message"))["message"]["content"] == "still here"
