"""Database work of the heartbeat: a few statements for all open chats of a process, in one hop."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from messaging.models import Connection, Message, UserStatus


@dataclass(frozen=True)
class Seat:
    """Who sits at an open chat socket, and opposite whom."""

    connection_id: UUID
    user_id: int
    peer_id: int
    session_key: str


@dataclass(frozen=True)
class Sign:
    """What a heartbeat finds out for one seat."""

    is_logged_in: bool
    is_counted: bool  # as one of the user's open sockets; another process may have taken it for crashed
    presence: dict[str, Any]  # of the other user
    newest: dict[str, int | None]  # ids of the last messages that either of the two has sent, if that was lately


@database_sync_to_async
def newest_message_id() -> int:
    """Return the newest id of all messages, 0 without any."""
    return Message.objects.aggregate(newest=Max("pk"))["newest"] or 0


@database_sync_to_async
def look_after(seats: list[Seat], since_id: int) -> tuple[dict[Seat, Sign], int]:
    """Store that these sockets are alive; return what each must know, and the newest id of all messages."""
    now = timezone.now()
    users = get_user_model().objects.in_bulk({seat.user_id for seat in seats})
    sessions = dict(logged_in(users, {seat.session_key for seat in seats}, now))
    counted = Connection.objects.filter(pk__in=[seat.connection_id for seat in seats])
    online = UserStatus.objects.filter(pk__in=users, is_online=True)
    with transaction.atomic():
        # A row that is locked is being written by a socket of its user. Who waits for nobody takes part in no deadlock.
        for rows, fields in ((counted, {"seen_at": now}), (online, {"last_seen": now})):
            free = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)
            rows.model.objects.filter(pk__in=list(free)).update(**fields)
    alive = set(counted.values_list("pk", flat=True))
    statuses = UserStatus.objects.in_bulk({seat.peer_id for seat in seats})
    lately = Message.objects.filter(pk__gt=since_id).values_list("sender_id", "recipient_id").annotate(Max("pk"))
    newest = {(sender_id, recipient_id): pk for sender_id, recipient_id, pk in lately}
    signs = {
        seat: Sign(
            is_logged_in=sessions.get(seat.session_key) == seat.user_id,
            is_counted=seat.connection_id in alive,
            presence=statuses.get(seat.peer_id, UserStatus()).presence,
            newest={
                "sent_id": newest.get((seat.user_id, seat.peer_id)),
                "received_id": newest.get((seat.peer_id, seat.user_id)),
            },
        )
        for seat in seats
    }
    return signs, max([since_id, *newest.values()])


def logged_in(users: dict[int, Any], keys: Iterable[str], now: datetime) -> Iterable[tuple[str, int]]:
    """Yield sessions with their users: those not logged out, expired, deactivated, nor given a new password.

    Unlike `django.contrib.auth.get_user`, it changes no session: after a new SECRET_KEY that would log everybody out,
    for only the answer to a request brings the session's new key to the browser.
    """
    for session in Session.objects.filter(pk__in=keys, expire_date__gt=now):
        data = session.get_decoded()
        user = users.get(int(data.get(SESSION_KEY, 0)))
        if user and user.is_active and _has_hash(user, data.get(HASH_SESSION_KEY, "")):
            yield session.pk, user.pk


def _has_hash(user: AbstractBaseUser, session_hash: str) -> bool:
    known = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(session_hash, each) for each in known)
