"""A message on its way through a running LinkUp, step by step."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from linkup_checks.browser import Browser
from linkup_checks.errors import expect
from messaging.models import Message

PASSWORD = "of a user who exists for seconds"  # noqa: S105
CONTENT = "Row F is fine. See you at eight?"
PEOPLE = ("ana", "ben")


def add_people() -> None:
    """Store Ana and Ben."""
    password = make_password(PASSWORD)
    get_user_model().objects.bulk_create(get_user_model()(username=name, password=password) for name in PEOPLE)


class Conversation:
    """Ana writes to Ben."""

    message: dict[str, Any]  # as Ana's receipt has it

    def __init__(self, port: int) -> None:
        self.ana, self.ben = (Browser(port, name) for name in PEOPLE)
        self.client_id = str(uuid4())

    async def send_message(self) -> dict[str, Any]:
        """Send the message, and return its receipt."""
        await self.ana.send("message", client_id=self.client_id, content=CONTENT)
        return (await self.ana.frame("message"))["message"]


async def _log_in(chat: Conversation) -> None:
    await chat.ana.log_in(PASSWORD)
    await chat.ben.log_in(PASSWORD)


async def _show_page(chat: Conversation) -> None:
    expect('id="composer"' in await chat.ana.page("/chat/ben/"), True, "a form for messages")


async def _open_sockets(chat: Conversation) -> None:
    await chat.ana.open_chat("ben")
    await chat.ana.frame("presence", username="ben", is_online=False)
    await chat.ben.open_chat("ana")
    await chat.ben.frame("presence", username="ana", is_online=True)


async def _come_online(chat: Conversation) -> None:
    await chat.ana.frame("presence", username="ben", is_online=True)


async def _send(chat: Conversation) -> None:
    chat.message = await chat.send_message()
    expect(chat.message["content"], CONTENT, "the message")


async def _store(chat: Conversation) -> None:
    expect(await _stored(), 1, "the number of rows")


async def _appear(chat: Conversation) -> None:
    expect((await chat.ben.frame("message"))["message"], chat.message, "Ben's message")
    expect(CONTENT in await chat.ana.page("/chat/ben/"), True, "the message on the page")


async def _deliver(chat: Conversation) -> None:
    await chat.ana.frame("status", up_to_id=chat.message["id"], status="delivered")
    expect(await _stored(status="delivered"), 1, "the number of delivered rows")


async def _read(chat: Conversation) -> None:
    await chat.ben.send("read", up_to_id=chat.message["id"])
    await chat.ana.frame("status", up_to_id=chat.message["id"], status="read")
    expect(await _stored(status="read"), 1, "the number of read rows")


async def _send_again(chat: Conversation) -> None:
    expect((await chat.send_message())["id"], chat.message["id"], "the second receipt's id")
    expect(await _stored(), 1, "the number of rows")


async def _go_offline(chat: Conversation) -> None:
    await chat.ben.socket.close()
    await chat.ana.frame("presence", username="ben", is_online=False)
    await chat.ana.socket.close()


@database_sync_to_async
def _stored(**status: str) -> int:
    return Message.objects.filter(content=CONTENT, **status).count()


# What it is about, what has to be so, and how to see it. Each step needs those before it.
STEPS: list[tuple[str, str, Callable[[Conversation], Awaitable[None]]]] = [
    ("login", "the login page gives Ana and Ben a session", _log_in),
    ("page", "the chat page shows", _show_page),
    ("sockets", "both open, and Ben's tells that Ana is online", _open_sockets),
    ("presence on", "Ana sees Ben come online", _come_online),
    ("send", "Ana gets a receipt", _send),
    ("stored", "the message is in the database once", _store),
    ("appears", "Ben's socket and Ana's page have the message", _appear),
    ("delivered", "Ana sees that it has reached Ben", _deliver),
    ("read", "Ana sees that Ben has read it", _read),
    ("sent again", "the same message is stored once", _send_again),
    ("presence off", "Ana sees Ben go offline", _go_offline),
]
