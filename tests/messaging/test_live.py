"""The async views: the inbox as it is now, a user's messages as a file, and whether LinkUp is well."""

import json
from unittest.mock import AsyncMock, Mock

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from django.db import OperationalError
from redis.exceptions import RedisError

from messaging import live
from messaging.message_persistence_manager import mark_all_read_async
from messaging.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def get():
    """Ask LinkUp's own ASGI application; return status, headers, and the body in the parts it came in."""
    from linkup.asgi import application

    async def ask(path, cookie="", method="GET"):
        path, _, query = path.partition("?")
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode()}
        token = "t" * 32
        headers = [(b"host", b"localhost"), (b"cookie", f"{cookie}; csrftoken={token}".encode())]
        headers.append((b"x-csrftoken", token.encode()))
        request = ApplicationCommunicator(application, scope | {"headers": headers, "client": ["127.0.0.1", 1]})
        await request.send_input({"type": "http.request", "body": b""})
        start = await request.receive_output(10)
        parts = [await request.receive_output(10)]
        while parts[-1].get("more_body"):
            parts.append(await request.receive_output(10))
        await request.wait(10)
        return start["status"], dict(start["headers"]), [part["body"] for part in parts if part.get("body")]

    return ask


async def test_the_list_of_people_is_that_of_the_inbox(ana, ben, ana_cookie, get, write):
    await write("Hello")
    status, headers, [html] = await get("/people/", ana_cookie)
    assert (status, b"no-store" in headers[b"Cache-Control"]) == (200, True)
    assert "You: Hello" in html.decode()
    _status, _headers, [page] = await get("/", ana_cookie)
    assert html.decode() in page.decode()


async def test_the_list_comes_in_pages(ana, ben, ana_cookie, get, monkeypatch):
    monkeypatch.setattr(live, "PAGE_SIZE", 1)
    _status, _headers, [html] = await get("/people/?page=1", ana_cookie)
    assert "/chat/ben/" in html.decode()
    _status, _headers, [html] = await get("/people/?page=2", ana_cookie)
    assert "/chat/ben/" not in html.decode()
    assert (await get("/people/?page=x", ana_cookie))[0] == 400


async def test_a_download_holds_ones_own_messages_and_comes_in_parts(
    ana, ben, ana_cookie, get, write, django_user_model
):
    chloe = await django_user_model.objects.acreate(username="chloe")
    await Message.objects.abulk_create([Message(sender=chloe, recipient=ben, content="no") for _ in range(10)])
    rows = [Message(sender=ana, recipient=ben, content=f"{number} é") for number in range(1_200)]
    await Message.objects.abulk_create(rows)
    status, headers, parts = await get("/download/", ana_cookie)
    assert (status, headers[b"Content-Disposition"]) == (200, b'attachment; filename="linkup.jsonl"')
    assert len(parts) > 1
    messages = [json.loads(line) for line in b"".join(parts).splitlines()]
    assert [message["content"] for message in messages] == [row.content for row in rows]


async def test_a_download_names_both_users(ana, ben, ana_cookie, get, write):
    await write("Hello")
    _status, _headers, parts = await get("/download/", ana_cookie)
    [message] = [json.loads(line) for line in b"".join(parts).splitlines()]
    assert (message["sender"], message["recipient"], message["sender_id"]) == ("ana", "ben", ana.pk)


async def test_all_is_marked_as_read_and_the_senders_are_told(
    ana, ben, ben_cookie, socket, ana_cookie, get, write, frame_of
):
    for number in range(3):
        newest = await write(str(number))
    own = await Message.objects.acreate(sender=ben, recipient=ana, content="unread by Ana")
    async with socket(ana_cookie, "ben") as chat:
        await frame_of(chat, "presence")
        assert (await get("/read/", ben_cookie, "POST"))[0] == 302
        frame = await frame_of(chat, "status")
    assert (frame["recipient_id"], frame["up_to_id"], frame["status"]) == (ben.pk, newest.pk, "read")
    assert {m.status async for m in Message.objects.filter(recipient=ben)} == {"read"}
    assert (await Message.objects.aget(pk=own.pk)).status == "sent"
    assert await mark_all_read_async(ben.pk) == {}


async def test_what_is_read_is_stored_when_nobody_can_be_told(ben, ben_cookie, get, write, monkeypatch, caplog):
    message = await write("Hello")
    monkeypatch.setattr(get_channel_layer(), "group_send", AsyncMock(side_effect=RedisError("gone")))
    status, headers, _body = await get("/read/", ben_cookie, "POST")
    assert (status, headers[b"Location"]) == (302, b"/")
    assert (await Message.objects.aget(pk=message.pk)).status == "read"
    assert "all is stored" in caplog.text


async def test_reading_changes_something_and_is_no_link(ben_cookie, get):
    assert (await get("/read/", ben_cookie))[0] == 405


async def test_visitors_get_nothing(get):
    for path, method in (("/people/", "GET"), ("/download/", "GET"), ("/read/", "POST")):
        status, headers, _body = await get(path, method=method)
        assert (status, headers[b"Location"]) == (302, b"/login/")


async def test_a_healthy_linkup_says_so(get):
    status, _headers, [body] = await get("/health/")
    assert (status, json.loads(body)) == (200, {"database": True, "channel_layer": True})


async def test_what_is_away_is_named(get, monkeypatch):
    monkeypatch.setattr(get_channel_layer(), "send", AsyncMock(side_effect=RedisError("gone")))
    status, _headers, [body] = await get("/health/")
    assert (status, json.loads(body)) == (503, {"database": True, "channel_layer": False})

    monkeypatch.undo()
    monkeypatch.setattr(live, "connection", Mock(cursor=Mock(side_effect=OperationalError("gone"))))
    status, _headers, [body] = await get("/health/")
    assert (status, json.loads(body)) == (503, {"database": False, "channel_layer": True})
