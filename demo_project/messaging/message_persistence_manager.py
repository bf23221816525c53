"""Storing and reading messages: sync functions for views, and their async twins for consumers.

A twin is the same function, run in the database thread in one hop: there is one copy of each query.
"""

from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.db.models import Q
from django.utils import timezone

from messaging.models import Message

PAGE_SIZE = 50  # messages


def serialize_message(message: Message) -> dict[str, Any]:
    """Return what a client sees of a message: JSON types only, times in ISO 8601 with offset. Runs no query."""
    return {
        "id": message.pk,
        "sender_id": message.sender_id,
        "recipient_id": message.recipient_id,
        "content": message.content,
        "status": message.status,
        "client_id": str(message.client_id) if message.client_id else None,
        "created_at": message.created_at.isoformat(),
        "updated_at": message.updated_at.isoformat(),
    }


def create_message(sender_id: int, recipient_id: int, content: str, client_id: UUID) -> dict[str, Any]:
    """Store a message once, however often it is sent, and return it serialized."""
    message, _created = Message.objects.get_or_create(
        sender_id=sender_id, recipient_id=recipient_id, client_id=client_id, defaults={"content": content}
    )
    return serialize_message(message)


def get_conversation_messages(user_id: int, peer_id: int, before_id: int | None = None) -> list[dict[str, Any]]:
    """Return at most PAGE_SIZE serialized messages between two users, newest last, all older than `before_id`."""
    messages = Message.objects.filter(
        Q(sender_id=user_id, recipient_id=peer_id) | Q(sender_id=peer_id, recipient_id=user_id)
    )
    if before_id is not None:
        messages = messages.filter(pk__lt=before_id)
    newest_first = messages.order_by("-pk")[:PAGE_SIZE]
    return [serialize_message(message) for message in reversed(newest_first)]


def mark_message_delivered(message_id: int) -> bool:
    """Move a message from sent to delivered, and tell whether this call did it."""
    waiting = Message.objects.filter(pk=message_id, status=Message.Status.SENT)
    return waiting.update(status=Message.Status.DELIVERED, updated_at=timezone.now()) == 1


@database_sync_to_async
def create_message_async(sender_id: int, recipient_id: int, content: str, client_id: UUID) -> dict[str, Any]:
    """Async twin of `create_message`."""
    return create_message(sender_id, recipient_id, content, client_id)


@database_sync_to_async
def get_conversation_messages_async(user_id: int, peer_id: int, before_id: int | None = None) -> list[dict[str, Any]]:
    """Async twin of `get_conversation_messages`."""
    return get_conversation_messages(user_id, peer_id, before_id)


@database_sync_to_async
def mark_message_delivered_async(message_id: int) -> bool:
    """Async twin of `mark_message_delivered`."""
    return mark_message_delivered(message_id)
