"""Storing and reading messages: sync functions for views, and their async twins for consumers.

A twin is the same function, run in the database thread in one hop: there is one copy of each query.
"""

from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
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
        "previous_id": message.previous_id,
        "created_at": message.created_at.isoformat(),
        "updated_at": message.updated_at.isoformat(),
    }


def create_message(sender_id: int, recipient_id: int, content: str, client_id: UUID) -> dict[str, Any]:
    """Store a message once, however often it is sent, and return it serialized.

    Raises ObjectDoesNotExist when one of the two users is gone.
    """
    with transaction.atomic():
        # One message of a sender after the other, or previous_id could pass over one that is not committed yet.
        users = get_user_model().objects.order_by()
        recipient = users.filter(pk=recipient_id, is_active=True)
        users.select_for_update(no_key=True).only("pk").get(Exists(recipient), pk=sender_id)
        message, _created = Message.objects.get_or_create(
            sender_id=sender_id, recipient_id=recipient_id, client_id=client_id, defaults={"content": content}
        )
        earlier = Message.objects.filter(sender_id=sender_id, recipient_id=recipient_id, pk__lt=message.pk)
        message.previous_id = earlier.aggregate(newest=Max("pk"))["newest"]
    return serialize_message(message)


def get_conversation_messages(
    user_id: int, peer_id: int, before_id: int | None = None, after_id: int | None = None
) -> list[dict[str, Any]]:
    """Return at most PAGE_SIZE serialized messages between two users, newest last.

    Those next to `before_id` or `after_id`, older or newer than it; without either, the newest.
    """
    messages = Message.objects.filter(
        Q(sender_id=user_id, recipient_id=peer_id) | Q(sender_id=peer_id, recipient_id=user_id)
    )
    if after_id is not None:
        return [serialize_message(message) for message in messages.filter(pk__gt=after_id).order_by("pk")[:PAGE_SIZE]]
    if before_id is not None:
        messages = messages.filter(pk__lt=before_id)
    newest_first = messages.order_by("-pk")[:PAGE_SIZE]
    return [serialize_message(message) for message in reversed(newest_first)]


def mark_messages(recipient_id: int, sender_id: int, up_to_id: int, status: str) -> bool:
    """Move the messages from one user to another forward to a status, and tell whether any moved.

    One statement, so that no reader's step is lost when two race: a message that is further already stays there.
    """
    order = Message.Status.values
    earlier = order[: order.index(status)]
    behind = Message.objects.filter(
        sender_id=sender_id, recipient_id=recipient_id, pk__lte=up_to_id, status__in=earlier
    )
    return behind.update(status=status, updated_at=timezone.now()) > 0


@transaction.atomic
def mark_all_read(recipient_id: int) -> dict[int, int]:
    """Mark all that a user has got as read; return the newest message of each sender for whom that changed any."""
    unread = Message.objects.filter(recipient_id=recipient_id).exclude(status=Message.Status.READ)
    newest = unread.order_by("sender_id").values_list("sender_id").annotate(Max("pk"))
    return {
        sender_id: up_to_id
        for sender_id, up_to_id in newest
        if mark_messages(recipient_id, sender_id, up_to_id, Message.Status.READ)
    }


def conversations(user_id: int) -> QuerySet[AbstractBaseUser]:
    """Return a query for everybody a user can chat with, the latest conversation first.

    Each has the `status` row, `last_content`, `last_sender_id` (None without a message) and the number of `unread`.
    """
    sent = Q(sender_id=user_id, recipient_id=OuterRef("pk"))
    received = Q(sender_id=OuterRef("pk"), recipient_id=user_id)
    last = Message.objects.filter(sent | received).order_by("-pk")
    unread = Message.objects.filter(received).exclude(status=Message.Status.READ).order_by().values("sender_id")
    others = get_user_model().objects.filter(is_active=True).exclude(pk=user_id)
    return (
        others.select_related("status")
        .annotate(
            last_id=Subquery(last.values("pk")[:1]),
            last_content=Subquery(last.values("content")[:1]),
            last_sender_id=Subquery(last.values("sender_id")[:1]),
            unread=Coalesce(Subquery(unread.values(count=Count("pk")), output_field=IntegerField()), 0),
        )
        .order_by(F("last_id").desc(nulls_last=True), "username")
    )


@database_sync_to_async
def create_message_async(sender_id: int, recipient_id: int, content: str, client_id: UUID) -> dict[str, Any]:
    """Async twin of `create_message`."""
    return create_message(sender_id, recipient_id, content, client_id)


@database_sync_to_async
def get_conversation_messages_async(
    user_id: int, peer_id: int, before_id: int | None = None, after_id: int | None = None
) -> list[dict[str, Any]]:
    """Async twin of `get_conversation_messages`."""
    return get_conversation_messages(user_id, peer_id, before_id, after_id)


@database_sync_to_async
def mark_messages_async(recipient_id: int, sender_id: int, up_to_id: int, status: str) -> bool:
    """Async twin of `mark_messages`."""
    return mark_messages(recipient_id, sender_id, up_to_id, status)


@database_sync_to_async
def mark_all_read_async(recipient_id: int) -> dict[int, int]:
    """Async twin of `mark_all_read`."""
    return mark_all_read(recipient_id)
