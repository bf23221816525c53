"""Database work of the chat that only its consumer needs; each function is awaited and runs in a database thread."""

from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from messaging.models import ALIVE, UserStatus


@database_sync_to_async
@transaction.atomic
def set_user_online_status(user_id: int, connection_id: UUID, is_online: bool) -> None:
    """Count a socket of a user in or out, and store whether the user is online, and when that was.

    The heartbeat shows that the process of a socket is alive; those of a process that is not are counted out here, too.
    """
    now = timezone.now()
    status, _created = UserStatus.objects.select_for_update().get_or_create(user_id=user_id)
    status.connections.filter(Q(pk=connection_id) | Q(seen_at__lt=now - ALIVE)).delete()
    if is_online:
        status.connections.create(pk=connection_id, seen_at=now)
    status.is_online = status.connections.exists()
    status.last_seen = now
    status.save()


@database_sync_to_async
def get_user_presence(user_id: int) -> dict[str, Any]:
    """Return whether a user is online, and when they last were (ISO 8601; None for never)."""
    status = UserStatus.objects.filter(user_id=user_id).first()
    return (status or UserStatus()).presence


@database_sync_to_async
def find_user(username: str) -> AbstractBaseUser | None:
    """Return the active user of that name, or None."""
    return get_user_model().objects.filter(username=username, is_active=True).first()
