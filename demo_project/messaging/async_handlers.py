"""Database work of the chat that only its consumer needs; each function is awaited and runs in a database thread."""

from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from messaging.models import UserStatus


@database_sync_to_async
def set_user_online_status(user_id: int, is_online: bool) -> None:
    """Store whether a user is online, and when that was."""
    status, _created = UserStatus.objects.get_or_create(user_id=user_id)
    status.is_online = is_online
    status.last_seen = timezone.now()
    status.save()


@database_sync_to_async
def get_user_presence(user_id: int) -> dict[str, Any]:
    """Return whether a user is online, and when they last were (ISO 8601; null for never)."""
    status = UserStatus.objects.filter(user_id=user_id).first()
    if status is None or status.last_seen is None:
        return {"is_online": False, "last_seen": None}
    return {"is_online": status.is_online, "last_seen": status.last_seen.isoformat()}


@database_sync_to_async
def find_user(username: str) -> AbstractBaseUser | None:
    """Return the active user of that name, or None."""
    return get_user_model().objects.filter(username=username, is_active=True).first()
