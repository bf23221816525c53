"""Each async database operation of LinkUp, called in an event loop, with what it has to do."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from linkup_checks.errors import expect
from messaging.async_handlers import find_user, get_user_presence, set_user_online_status
from messaging.message_persistence_manager import (
    create_message_async,
    get_conversation_messages_async,
    mark_all_read_async,
    mark_messages_async,
)
from messaging.models import Connection, Message, UserStatus
from messaging.signs_of_life import Seat, look_after, newest_message_id

AT_ONCE = 10


@dataclass(frozen=True)
class People:
    """Ana is logged in, Ben is online and has three messages from Chloe, and Chloe was never here. Ids."""

    ana: int
    ben: int
    chloe: int
    session_key: str


@database_sync_to_async
def prepare() -> People:
    """Store people and messages, with sync calls and none of the operations."""
    ana, ben, chloe = (get_user_model().objects.create(username=name) for name in ("ana", "ben", "chloe"))
    browser = Client()
    browser.force_login(ana)
    UserStatus.objects.create(user=ben, is_online=True, last_seen=timezone.now())
    for content in ("one", "two", "three"):
        Message.objects.create(sender=chloe, recipient=ben, content=content)
    return People(ana.pk, ben.pk, chloe.pk, str(browser.session.session_key))


async def _finds_users(people: People) -> None:
    expect([getattr(await find_user(name), "username", None) for name in ("ana", "nobody")], ["ana", None])


async def _knows_sessions(people: People) -> None:
    asked = [(people.ana, people.session_key), (people.ben, people.session_key), (people.ana, "unknown")]
    seats = [Seat(uuid4(), user_id, people.chloe, key) for user_id, key in asked]
    signs, _newest_id = await look_after(seats, since_id=0)
    expect([signs[seat].is_logged_in for seat in seats], [True, False, False])


async def _knows_the_newest(people: People) -> None:
    latest = await database_sync_to_async(Message.objects.latest)("pk")
    expect(await newest_message_id(), latest.pk)


async def _counts_sockets(people: People) -> None:
    first, second = uuid4(), uuid4()
    for connection_id, is_online, wanted in ((first, True, True), (second, True, True), (first, False, True)):
        await set_user_online_status(people.ana, connection_id, is_online)
        expect(await _stored_status(people.ana), wanted)
    await set_user_online_status(people.ana, second, False)
    expect(await _stored_status(people.ana), False)


async def _tells_presence(people: People) -> None:
    expect((await get_user_presence(people.ben))["is_online"], True)
    expect(await get_user_presence(people.chloe), {"is_online": False, "last_seen": None})


async def _stores_messages(people: People) -> None:
    client_id = uuid4()
    message = await create_message_async(people.ana, people.ben, "Row F is fine.", client_id)
    expect(type(message), dict, "its type")
    expect((message["content"], message["status"]), ("Row F is fine.", "sent"))
    expect(await _stored_messages(client_id), 1)


async def _stores_once(people: People) -> None:
    client_id = uuid4()
    first, second = [await create_message_async(people.ana, people.ben, "Twice", client_id) for _ in range(2)]
    expect(first, second, "the first result")
    expect(await _stored_messages(client_id), 1)


async def _returns_conversations(people: People) -> None:
    messages = await get_conversation_messages_async(people.ben, people.chloe)
    expect([message["content"] for message in messages], ["one", "two", "three"])
    older = await get_conversation_messages_async(people.ben, people.chloe, before_id=messages[1]["id"])
    newer = await get_conversation_messages_async(people.ben, people.chloe, after_id=messages[1]["id"])
    expect([message["content"] for message in older + newer], ["one", "three"])


async def _marks_messages(people: People) -> None:
    steps = ["delivered", "read", "delivered"]
    expect([await mark_messages_async(people.ben, people.chloe, 2**62, step) for step in steps], [True, True, False])
    expect(await database_sync_to_async(Message.objects.filter(sender=people.chloe, status="read").count)(), 3)


async def _marks_all(people: People) -> None:
    store = database_sync_to_async(Message.objects.create)
    newest = [(await store(sender_id=people.ben, recipient_id=people.ana, content=text)).pk for text in "12"][-1]
    expect([await mark_all_read_async(people.ana) for _ in range(2)], [{people.ben: newest}, {}])


async def _stores_ten_at_once(people: People) -> None:
    contents = [f"message {n}" for n in range(AT_ONCE)]
    sent = [create_message_async(people.ana, people.chloe, content, uuid4()) for content in contents]
    messages = await asyncio.gather(*sent)
    rows = await database_sync_to_async(Message.objects.filter(recipient=people.chloe).count)()
    expect(rows, AT_ONCE, "the number of rows")
    expect([message["content"] for message in messages], contents)


async def _counts_ten_at_once(people: People) -> None:
    await asyncio.gather(*[set_user_online_status(people.chloe, uuid4(), True) for _ in range(AT_ONCE)])
    expect(await database_sync_to_async(Connection.objects.filter(status=people.chloe).count)(), AT_ONCE)


@database_sync_to_async
def _stored_status(user_id: int) -> bool:
    return UserStatus.objects.get(user=user_id).is_online


@database_sync_to_async
def _stored_messages(client_id: UUID) -> int:
    return Message.objects.filter(client_id=client_id).count()


# What is called, what it has to do, and who looks.
CHECKS: list[tuple[str, str, Callable[[People], Awaitable[None]]]] = [
    ("find_user", "finds a user by name, and nobody under an unknown one", _finds_users),
    ("look_after", "knows a user's session, and takes nobody else's", _knows_sessions),
    ("newest_message_id", "knows the message that was stored last", _knows_the_newest),
    ("get_user_presence", "tells who is online, and who never was", _tells_presence),
    ("set_user_online_status", "a user is online until the last socket is gone", _counts_sockets),
    ("set_user_online_status", "counts ten sockets that open at once", _counts_ten_at_once),
    ("create_message_async", "stores a message, and returns it as its reader sees it", _stores_messages),
    ("create_message_async", "stores a message once that is sent twice", _stores_once),
    ("create_message_async", "stores ten messages at once", _stores_ten_at_once),
    ("get_conversation_messages_async", "returns a conversation, all of it or a part", _returns_conversations),
    ("mark_all_read_async", "marks all that a user has got, once", _marks_all),
    ("mark_messages_async", "moves messages to read, and never back", _marks_messages),
]
