"""The chats that LinkUp is compared with. Their database is LinkUp's, and their frames are those of linkup.v1."""

import json
from itertools import count
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from messaging.models import Message, UserStatus

ids = count(1)


class RoomConsumer(AsyncWebsocketConsumer):
    """A socket in the room of its pair of users."""

    async def connect(self) -> None:
        self.user = self.scope["user"]
        self.peer_name = self.scope["url_route"]["kwargs"]["username"]
        self.room = "_".join([type(self).__name__, *sorted([self.user.username, self.peer_name])])
        await self.channel_layer.group_add(self.room, self.channel_name)
        await self.accept()
        await self.send_frame("presence")  # the first frame, as with LinkUp: a client that has it is in the room

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.room, self.channel_name)

    async def tell(self, kind: str, **fields: Any) -> None:
        await self.channel_layer.group_send(self.room, {"type": kind, **fields})

    async def send_frame(self, kind: str, **fields: Any) -> None:
        await self.send(json.dumps({"type": kind, **fields}))


class EchoWithDelivery(RoomConsumer):
    """Passes messages on with the frames and events of LinkUp, and stores nothing: what Channels itself takes."""

    async def receive(self, text_data: str = "", bytes_data: bytes | None = None) -> None:
        frame = json.loads(text_data)
        if frame["type"] == "read":
            await self.tell_status(frame["up_to_id"], "read")
        else:
            message = {"id": next(ids), "sender_id": self.user.pk, "content": frame["content"]}
            await self.send_frame("message", message=message)
            await self.tell("chat.message", message=message, told=self.channel_name)

    async def tell_status(self, up_to_id: int, status: str) -> None:
        await self.tell("chat.status", recipient_id=self.user.pk, up_to_id=up_to_id, status=status)

    async def chat_message(self, event: dict[str, Any]) -> None:
        if event["told"] != self.channel_name:
            await self.send_frame("message", message=event["message"])
            await self.tell_status(event["message"]["id"], "delivered")

    async def chat_status(self, event: dict[str, Any]) -> None:
        await self.send_frame("status", **{name: event[name] for name in ("recipient_id", "up_to_id", "status")})


class Tutorial(RoomConsumer):
    """The chat of the Channels tutorial, whose reader has added a database: a wrapped call for each query.

    It has no receipts; what a sender gets back is the message that the room gets.
    """

    async def receive(self, text_data: str = "", bytes_data: bytes | None = None) -> None:
        frame = json.loads(text_data)
        peer = await self.get_peer()
        message = await self.create_message(peer, frame["content"])
        await self.touch_status()
        await self.tell(
            "chat.message",
            message={
                "id": message.pk,
                "sender_id": message.sender_id,
                "content": message.content,
                "created_at": message.created_at.isoformat(),
            },
        )

    async def chat_message(self, event: dict[str, Any]) -> None:
        await self.send_frame("message", message=event["message"])

    @database_sync_to_async
    def get_peer(self) -> AbstractBaseUser:
        return get_user_model().objects.get(username=self.peer_name)

    @database_sync_to_async
    def create_message(self, peer: AbstractBaseUser, content: str) -> Message:
        return Message.objects.create(sender=self.user, recipient=peer, content=content)

    @database_sync_to_async
    def touch_status(self) -> None:
        UserStatus.objects.update_or_create(user=self.user, defaults={"is_online": True, "last_seen": timezone.now()})
