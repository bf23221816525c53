"""The chat socket: one user's side of a conversation."""

import asyncio
import contextlib
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError

from messaging.async_handlers import find_user, get_user_presence, set_user_online_status
from messaging.failures import ReportingConsumer
from messaging.heartbeat import Ear, Receive, heart
from messaging.message_persistence_manager import (
    create_message_async,
    get_conversation_messages_async,
    mark_messages_async,
)
from messaging.models import Message
from messaging.protocol import (
    VERSION,
    CloseCode,
    FrameError,
    LoadHistory,
    MarkRead,
    Pong,
    Request,
    SendMessage,
    Typing,
    parse_frame,
    what_fits,
)
from messaging.rate import SOCKETS, allowance_of
from messaging.rooms import conversation_room, presence_room, session_room
from messaging.signs_of_life import Seat, Sign

RECEIPT = 0.05  # seconds from a message's arrival until it counts as delivered


class ChatConsumer(ReportingConsumer):
    """Serves the frames described in `messaging.protocol` to a logged-in user."""

    is_member = False
    arrived = 0  # id of the newest message of the peer's that has reached this client unnoticed
    peer_is_online: bool | None = None  # as the client was told last

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Any) -> None:
        """Serve one connection, which also hears the heartbeat."""
        self.ear = Ear(receive)
        await super().__call__(scope, self.ear, send)

    async def connect(self) -> None:
        """Let a logged-in user into the conversation, and turn everybody else away with a code."""
        versions = self.scope["subprotocols"]
        # A browser learns the close code of an accepted socket only.
        await self.accept(VERSION if VERSION in versions else None)
        self.user = self.scope["user"]
        if versions and VERSION not in versions:
            await self.end(CloseCode.UNKNOWN_VERSION)
            return
        if not self.user.is_authenticated:
            await self.end(CloseCode.NOT_LOGGED_IN)
            return
        self.peer = await find_user(self.scope["url_route"]["kwargs"]["username"])
        if self.peer is None or self.peer.pk == self.user.pk:
            await self.end(CloseCode.UNKNOWN_USER)
            return
        await self.join()

    async def join(self) -> None:
        """Take part in the conversation, count this socket in, and tell both sides who is there."""
        self.allowance = allowance_of(self.user.pk)
        if self.allowance.sockets >= SOCKETS:
            await self.end(CloseCode.TOO_MANY_CHATS)
            return
        self.allowance.sockets += 1
        self.is_member = True
        session_key = self.scope["session"].session_key
        self.seat = Seat(self.connection_id, self.user.pk, self.peer.pk, session_key)
        self.conversation = conversation_room(self.user.pk, self.peer.pk)
        self.rooms = [self.conversation, presence_room(self.peer.pk), session_room(session_key)]
        await self.enter_rooms()
        await set_user_online_status(self.user.pk, self.connection_id, True)
        heart().add(self)
        await self.announce_presence()
        await self.send_presence(await get_user_presence(self.peer.pk))
        self.scope["is_in"]()

    async def enter_rooms(self) -> None:
        """Hear what is sent to the conversation, to those who watch the other user, and to this session."""
        for room in self.rooms:
            await self.channel_layer.group_add(room, self.channel_name)

    async def leave(self) -> None:
        """Leave the conversation, count this socket out, and tell the other side."""
        if not self.is_member:
            return
        self.allowance.sockets -= 1
        heart().discard(self)
        try:
            with contextlib.suppress(IntegrityError):  # the account was deleted while its chat was open
                await set_user_online_status(self.user.pk, self.connection_id, False)
        finally:
            for room in self.rooms:
                await self.channel_layer.group_discard(room, self.channel_name)
            await self.announce_presence()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Serve one frame; answer one that cannot be served with an error frame."""
        if not self.is_member:
            return  # sent before the client learned that it was turned away
        try:
            self.allowance.take()
            await self.serve(parse_frame(text_data))
        except FrameError as error:
            await self.send_error(error.code, error.detail, error.client_id)
            if self.allowance.is_exhausted:
                await self.end(CloseCode.TOO_FAST)

    async def serve(self, request: Request) -> None:
        """Do what a client asks for."""
        match request:
            case SendMessage(client_id, content):
                await self.store(client_id, content)
            case LoadHistory(before_id, after_id):
                found = await get_conversation_messages_async(self.user.pk, self.peer.pk, before_id, after_id)
                messages = what_fits(found, from_the_end=after_id is None)
                await self.send_frame("history", messages=messages, before_id=before_id, after_id=after_id)
                self.note_arrival(messages)
            case MarkRead(up_to_id):
                self.arrived = 0 if up_to_id >= self.arrived else self.arrived
                await self.mark(up_to_id, Message.Status.READ)
            case Typing():
                await self.tell("chat.typing", user_id=self.user.pk)
            case Pong(token):  # pragma: no branch - there is no sixth request
                self.backlog.answer(token)

    async def store(self, client_id: UUID, content: str) -> None:
        """Store a message, give its sender the receipt, and pass it on."""
        self.client_id = client_id
        try:
            message = await create_message_async(self.user.pk, self.peer.pk, content, client_id)
        except ObjectDoesNotExist:
            await self.end(CloseCode.UNKNOWN_USER)
            return
        try:
            await self.send_frame("message", message=message)
        finally:  # the other side is told, whatever has become of this one
            await self.tell("chat.message", message=message, told=self.channel_name)

    def note_arrival(self, messages: list[dict[str, Any]]) -> None:
        """Have a receipt written for the messages that reach this user for the first time.

        It waits a moment for other messages, and for the user: one that is read at once needs no other receipt.
        """
        new = [m["id"] for m in messages if m["recipient_id"] == self.user.pk and m["status"] == Message.Status.SENT]
        if new:
            asyncio.get_running_loop().call_later(RECEIPT, self.ear.tell, {"type": "chat.receipt"})
        self.arrived = max([self.arrived, *new])

    async def mark(self, up_to_id: int, status: str) -> None:
        """Move the messages to this user forward, and tell both sides if that changed any."""
        if await mark_messages_async(self.user.pk, self.peer.pk, up_to_id, status):
            await self.tell("chat.status", recipient_id=self.user.pk, up_to_id=up_to_id, status=status)

    async def tell(self, kind: str, **fields: Any) -> None:
        """Send an event to every socket of the conversation, this one included."""
        conversation, *_others = self.rooms
        await self.publish(conversation, {"type": kind, **fields})

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Pass a new message on."""
        if event["told"] != self.channel_name:
            await self.send_frame("message", message=event["message"])
            self.note_arrival([event["message"]])

    async def chat_receipt(self, event: dict[str, Any]) -> None:
        """Note what has reached the client, unless it was read meanwhile."""
        up_to_id, self.arrived = self.arrived, 0
        if up_to_id:
            await self.mark(up_to_id, Message.Status.DELIVERED)

    async def chat_status(self, event: dict[str, Any]) -> None:
        """Pass on how far messages have come."""
        await self.send_frame(
            "status", recipient_id=event["recipient_id"], up_to_id=event["up_to_id"], status=event["status"]
        )

    async def chat_typing(self, event: dict[str, Any]) -> None:
        """Pass on that the other user is writing."""
        if event["user_id"] == self.peer.pk:
            await self.send_frame("typing", username=self.peer.get_username())

    async def chat_presence(self, event: dict[str, Any]) -> None:
        """Look whether the other user came or went."""
        await self.send_presence(await get_user_presence(self.peer.pk))

    async def chat_logout(self, event: dict[str, Any]) -> None:
        """End with the session."""
        await self.end(CloseCode.NOT_LOGGED_IN)

    async def chat_heartbeat(self, event: dict[str, Any]) -> None:
        """Notice what nobody announced: a lost right, a crash on the other side, messages, a restart of Redis."""
        sign: Sign = event["sign"]
        if not sign.is_logged_in:
            await self.end(CloseCode.NOT_LOGGED_IN)
            return
        await self.enter_rooms()
        if not sign.is_counted:
            await set_user_online_status(self.user.pk, self.connection_id, True)
        await self.send_presence(sign.presence)
        if any(sign.newest.values()):
            await self.send_frame("newest", **sign.newest)

    async def announce_presence(self) -> None:
        """Tell everybody who has a chat with this user open to look again.

        The event carries no state: two that cross on the way could leave a watcher with the older one.
        """
        await self.publish(presence_room(self.user.pk), {"type": "chat.presence"})

    async def send_presence(self, presence: dict[str, Any]) -> None:
        """Send whether the other user is online, unless the client knows."""
        if presence["is_online"] != self.peer_is_online:
            self.peer_is_online = presence["is_online"]
            await self.send_frame("presence", username=self.peer.get_username(), **presence)
