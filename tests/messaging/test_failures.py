"""A failure reaches its client as a frame and the log as one record, and leaves nothing behind."""

import asyncio
import json
import logging
import sqlite3
import subprocess
import sys
from unittest.mock import AsyncMock

import pytest
from autobahn.exception import Disconnected
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.core.exceptions import SynchronousOnlyOperation
from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

from messaging import consumers
from messaging.async_handlers import get_user_presence
from messaging.models import Connection, Message, UserStatus
from messaging.protocol import CloseCode
from workshop.database import program_environ
from workshop.scratch import PROJECT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def failing(monkeypatch):
    """Make a function that the consumer awaits fail once, in the loop's thread or in the database's."""

    def fail(name, error, in_thread=False):
        healthy = getattr(consumers, name)

        async def fail_once(*args):
            monkeypatch.setattr(consumers, name, healthy)
            if in_thread:
                await database_sync_to_async(raise_it)(error)
            raise error

        monkeypatch.setattr(consumers, name, fail_once)

    def raise_it(error):
        raise error

    return fail


async def test_a_mistake_is_told_logged_once_and_left_to_the_server(
    ana, ben, ana_cookie, socket, frame_of, new_message, failing, caplog
):
    mistake = SynchronousOnlyOperation("You cannot call this")
    failing("create_message_async", mistake)
    with pytest.raises(SynchronousOnlyOperation):
        async with socket(ana_cookie, "ben") as chat:
            message = new_message()
            await chat.send_json_to(message)
            error = await frame_of(chat, "error")
    assert (error["code"], error["client_id"]) == ("internal", message["client_id"])
    assert mistake.__notes__ == [f"chat failure {error['failure_id']}"]
    (record,) = caplog.records
    facts = {
        "failure_id": error["failure_id"],
        "operation": "websocket_receive",
        "user_id": ana.pk,
        "conversation": f"chat_{ana.pk}_{ben.pk}",
        "failed_in": "event loop thread",
        "loop_was_running": True,
    }
    assert {name: getattr(record, name) for name in facts} == facts
    assert f"failure_id {error['failure_id']}" in record.getMessage()
    assert "SynchronousOnlyOperation" not in record.getMessage()  # a log that is searched for it finds each once
    file, _, function = record.frame_to_fix.partition(" in ")
    assert (file.partition(":")[0], function) == ("messaging/consumers.py", "store")
    assert not await Message.objects.aexists()
    assert not await Connection.objects.aexists()
    assert (await get_user_presence(ana.pk))["is_online"] is False


async def test_a_failure_in_a_database_thread_names_that_thread(ana, ben, ana_cookie, socket, failing, caplog):
    failing("get_user_presence", ValueError("no"), in_thread=True)
    with pytest.raises(ValueError, match="no"):
        async with socket(ana_cookie, "ben"):
            pass
    (record,) = caplog.records
    assert (record.operation, record.failed_in) == ("websocket_connect", "database thread")
    assert record.loop_was_running is False
    assert record.frame_to_fix.endswith(" in join")


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
async def test_a_database_that_is_away_costs_the_frame_and_not_the_chat(
    ana, ben, ana_cookie, socket, frame_of, new_message, failing, caplog, error
):
    async with socket(ana_cookie, "ben") as chat:
        await frame_of(chat, "presence")
        failing("create_message_async", error("database is locked"))
        message = new_message()
        await chat.send_json_to(message)
        told = await frame_of(chat, "error")
        assert (told["code"], told["client_id"]) == ("unavailable", message["client_id"])
        assert told["failure_id"] == caplog.records[0].failure_id
        await chat.send_json_to(message)
        assert (await frame_of(chat, "message"))["message"]["client_id"] == message["client_id"]
    (record,) = caplog.records
    assert record.exc_info[0] is error


async def test_nobody_gets_in_while_the_database_is_away(
    ana, ben, ana_cookie, socket, frame_of, close_code_of, failing
):
    failing("set_user_online_status", OperationalError("database is locked"))
    async with socket(ana_cookie, "ben") as chat:
        assert (await frame_of(chat, "error"))["code"] == "unavailable"
        assert await close_code_of(chat) == CloseCode.TRY_AGAIN_LATER.value


async def test_a_table_that_lacks_a_column_is_a_mistake_and_no_outage(
    ana, ben, ana_cookie, socket, frame_of, new_message, failing
):
    """SQLite has one class for both."""
    cause = sqlite3.OperationalError("no such column")
    cause.sqlite_errorcode = sqlite3.SQLITE_ERROR
    mistake = OperationalError("no such column")
    mistake.__cause__ = cause
    failing("create_message_async", mistake)
    with pytest.raises(OperationalError):
        async with socket(ana_cookie, "ben") as chat:
            await chat.send_json_to(new_message())
            assert (await frame_of(chat, "error"))["code"] == "internal"


async def test_a_message_that_cannot_be_passed_on_is_stored_and_has_its_receipt(
    ana, ben, ana_cookie, socket, frame_of, new_message, monkeypatch, caplog
):
    async with socket(ana_cookie, "ben") as chat:
        await frame_of(chat, "presence")
        with monkeypatch.context() as away:
            away.setattr(get_channel_layer(), "group_send", AsyncMock(side_effect=RedisError("Redis is gone")))
            await chat.send_json_to(message := new_message())
            assert (await frame_of(chat, "message"))["message"]["client_id"] == message["client_id"]
            await chat.send_json_to({"type": "history"})
            answer = await chat.receive_json_from(timeout=10)  # and no error before it
            assert (answer["type"], len(answer["messages"])) == ("history", 1)
    (record,) = caplog.records
    assert (record.operation, record.exc_info[0]) == ("websocket_receive", RedisError)


async def test_nobody_gets_in_while_the_channel_layer_is_away(
    ana, ben, ana_cookie, socket, frame_of, close_code_of, monkeypatch
):
    monkeypatch.setattr(get_channel_layer(), "group_add", AsyncMock(side_effect=RedisError("Redis is gone")))
    async with socket(ana_cookie, "ben") as chat:
        assert (await frame_of(chat, "error"))["code"] == "unavailable"
        assert await close_code_of(chat) == CloseCode.TRY_AGAIN_LATER.value


async def test_a_failure_while_leaving_is_logged(ana, ben, ana_cookie, socket, frame_of, failing, caplog):
    with pytest.raises(OperationalError):
        async with socket(ana_cookie, "ben") as chat:
            await frame_of(chat, "presence")
            failing("set_user_online_status", OperationalError("database is locked"))
    (record,) = caplog.records
    assert record.operation == "leave"
    # The socket's row goes stale, so its user does not stay online.
    status = await UserStatus.objects.aget(user=ana)
    assert status.is_online
    assert await Connection.objects.acount() == 1


@pytest.mark.parametrize("refusal", [Disconnected("closed"), BrokenPipeError()], ids=["Daphne's", "ASGI's"])
async def test_a_client_that_goes_while_it_is_sent_something_is_no_failure(
    ana, ben, ana_cookie, socket, frame_of, monkeypatch, caplog, refusal
):
    async with socket(ana_cookie, "ben") as chat:
        await frame_of(chat, "presence")
        monkeypatch.setattr(consumers.ChatConsumer, "send", AsyncMock(side_effect=refusal))
        await chat.send_json_to({"type": "history"})
        await asyncio.wait_for(chat.wait(), 30)
        assert not await Connection.objects.aexists()
    assert not caplog.records


async def test_a_mistake_that_cannot_be_told_is_logged(
    ana, ben, ana_cookie, socket, frame_of, new_message, failing, monkeypatch, caplog
):
    failing("create_message_async", mistake := ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        async with socket(ana_cookie, "ben") as chat:
            await frame_of(chat, "presence")
            monkeypatch.setattr(consumers.ChatConsumer, "send", AsyncMock(side_effect=Disconnected("closed")))
            await chat.send_json_to(new_message())
    (record,) = caplog.records
    assert mistake.__notes__ == [f"chat failure {record.failure_id}"]


async def test_a_cancelled_connection_leaves_the_chat(ana, ben, ana_cookie):
    """As Daphne does with one that has not ended 10 seconds after its socket."""
    from linkup.asgi import application

    headers = [(b"cookie", ana_cookie.encode()), (b"origin", b"http://localhost"), (b"host", b"localhost")]
    chat = WebsocketCommunicator(application, "/ws/chat/ben/", headers)
    tasks = asyncio.all_tasks()
    await chat.connect(timeout=10)
    await chat.receive_json_from(timeout=10)
    assert await Connection.objects.acount() == 1
    chat.future.cancel()
    assert await chat.receive_output(timeout=10) == {"type": "websocket.close", "code": 4503}
    await asyncio.wait([chat.future])
    assert not await Connection.objects.aexists()
    assert asyncio.all_tasks() == tasks


async def test_a_cancelled_connection_whose_client_has_gone(ana, ben, ana_cookie, monkeypatch, caplog):
    from linkup.asgi import application

    headers = [(b"cookie", ana_cookie.encode()), (b"origin", b"http://localhost"), (b"host", b"localhost")]
    chat = WebsocketCommunicator(application, "/ws/chat/ben/", headers)
    await chat.connect(timeout=10)
    await chat.receive_json_from(timeout=10)
    monkeypatch.setattr(consumers.ChatConsumer, "close", AsyncMock(side_effect=Disconnected("closed")))
    chat.future.cancel()
    await asyncio.wait([chat.future])
    assert chat.future.cancelled()
    assert not await Connection.objects.aexists()
    assert not caplog.records


RECORD = """
import django; django.setup()
import logging
try: 1 / 0
except ZeroDivisionError: logging.getLogger("messaging").exception("failed", extra={"user_id": 7})
"""


@pytest.mark.parametrize("form", ["line", "json"])
def test_the_log_comes_as_lines_for_people_or_as_json(tmp_path, form):
    log = tmp_path / "linkup.log"
    environ = program_environ(LINKUP_LOG_FILE=str(log), LINKUP_LOG_FORMAT=form, LINKUP_SECRET_KEY="x")
    done = subprocess.run([sys.executable, "-c", RECORD], cwd=PROJECT, env=environ, capture_output=True, text=True)
    assert done.stderr == log.read_text()
    if form == "line":
        first = done.stderr.splitlines()[0]
        assert first.endswith(" ERROR messaging failed")
        assert "ZeroDivisionError" in done.stderr
    else:
        record = json.loads(done.stderr)
        assert (record["level"], record["logger"], record["message"]) == ("ERROR", "messaging", "failed")
        assert record["user_id"] == 7
        assert record["exc_info"].endswith("ZeroDivisionError: division by zero")


def test_the_log_is_quiet_by_itself():
    assert logging.getLogger("messaging").getEffectiveLevel() == logging.WARNING
