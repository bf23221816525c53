"""The chat socket: one user's side of a conversation."""

import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from messaging.async_handlers import find_user, get_user_presence, set_user_online_status
from messaging.message_persistence_manager import (
    create_message_async,
    get_conversation_messages_async,
    mark_message_delivered_async,
)
from messaging.protocol import CloseCode, FrameError, LoadHistory, SendMessage, parse_frame


class ChatConsumer(AsyncWebsocketConsumer):
    """Serves the frames described in `messaging.protocol` to a logged-in user."""

    is_member = False

    async def connect(self) -> None:
        """Join the conversation, mark the user as online, and tell both sides who is there."""
        await self.accept()  # a browser learns the close code of an accepted socket only
        self.user = self.scope["user"]
        if not self.user.is_authenticated:
            await self.close(CloseCode.NOT_LOGGED_IN.value)
            return
        self.peer = await find_user(self.scope["url_route"]["kwargs"]["username"])
        if self.peer is None or self.peer.pk == self.user.pk:
            await self.close(CloseCode.UNKNOWN_USER.value)
            return
        self.is_member = True
        self.conversation = "chat_{}_{}".format(*sorted([self.user.pk, self.peer.pk]))
        await self.channel_layer.group_add(self.conversation, self.channel_name)
        await self.channel_layer.group_add(f"presence_{self.peer.pk}", self.channel_name)
        await set_user_online_status(self.user.pk, True)
        await self.announce_presence()
        await self.send_presence(await get_user_presence(self.peer.pk))

    async def disconnect(self, code: int) -> None:
        """Leave the conversation and mark the user as offline."""
        if self.is_member:
            await self.channel_layer.group_discard(self.conversation, self.channel_name)
            await self.channel_layer.group_discard(f"presence_{self.peer.pk}", self.channel_name)
            await set_user_online_status(self.user.pk, False)
            await self.announce_presence()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Serve one frame; answer one that cannot be served with an error frame."""
        if not self.is_member:
            return  # sent before the client learned that it was turned away
        try:
            match parse_frame(text_data):
                case SendMessage(client_id, content):
                    message = await create_message_async(self.user.pk, self.peer.pk, content, client_id)
                    await self.channel_layer.group_send(self.conversation, {"type": "chat.message", "message": message})
                case LoadHistory(before_id):
                    messages = await get_conversation_messages_async(self.user.pk, self.peer.pk, before_id)
                    await self.send_frame("history", messages=messages)
        except FrameError as error:
            await self.send_frame("error", code=error.code, detail=error.detail)

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Pass a new message on, and tell its sender that it has arrived."""
        message = event["message"]
        await self.send_frame("message", message=message)
        if message["recipient_id"] == self.user.pk and await mark_message_delivered_async(message["id"]):
            await self.channel_layer.group_send(
                self.conversation, {"type": "chat.status", "id": message["id"], "status": "delivered"}
            )

    async def chat_status(self, event: dict[str, Any]) -> None:
        """Pass on how far a message has come."""
        await self.send_frame("status", id=event["id"], status=event["status"])

    async def chat_presence(self, event: dict[str, Any]) -> None:
        """Pass on that the other user came or went."""
        await self.send_presence(event["presence"])

    async def announce_presence(self) -> None:
        """Tell everybody who has a chat with this user open."""
        presence = await get_user_presence(self.user.pk)
        await self.channel_layer.group_send(f"presence_{self.user.pk}", {"type": "chat.presence", "presence": presence})

    async def send_presence(self, presence: dict[str, Any]) -> None:
        """Send whether the other user is online."""
        await self.send_frame("presence", username=self.peer.get_username(), **presence)

    async def send_frame(self, kind: str, **fields: Any) -> None:
        """Send one frame of the protocol."""
        await self.send(json.dumps({"type": kind, **fields}))
