"""What LinkUp stores: the messages of one-to-one conversations, and who is online."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

HEARTBEAT = 30  # seconds between two signs of life of an open chat socket
ALIVE = timedelta(seconds=75)  # a socket that has been silent for longer went down with its process


class Message(models.Model):
    """One message from one user to another."""

    class Status(models.TextChoices):
        """How far a message has come; it only moves down this list."""

        SENT = "sent"
        DELIVERED = "delivered"
        READ = "read"

    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sent_messages")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="received_messages")
    content = models.TextField()
    status = models.CharField(max_length=9, choices=Status, default=Status.SENT)
    # Chosen by the sender's browser: a message that is sent again finds its row instead of making a second one.
    client_id = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    previous_id: int | None = None  # no field: what its sender had written to the same user before, where that is known

    class Meta:
        indexes = [
            models.Index(fields=["sender", "recipient", "-id"], name="message_conversation"),
            models.Index(fields=["recipient", "sender"], condition=~Q(status="read"), name="message_unread"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["sender", "recipient", "client_id"], name="message_client_id_once"),
            models.CheckConstraint(condition=~Q(content=""), name="message_content_not_empty"),
            models.CheckConstraint(condition=~Q(sender=F("recipient")), name="message_to_somebody_else"),
        ]

    def __str__(self) -> str:
        # Ids only: a user's name would be one more query, wherever somebody logs a message.
        return f"message {self.pk} from user {self.sender_id} to user {self.recipient_id}"


class UserStatus(models.Model):
    """Whether a user has a chat open, and when they last had."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="status"
    )
    is_online = models.BooleanField(default=False)
    last_seen = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "user statuses"

    def __str__(self) -> str:
        return f"user {self.user_id} is {'online' if self.presence['is_online'] else 'offline'}"

    @property
    def presence(self) -> dict[str, Any]:
        """What others may know: whether the user is online, and when they last were (ISO 8601; None for never)."""
        if self.last_seen is None:
            return {"is_online": False, "last_seen": None}
        alive = timezone.now() - self.last_seen < ALIVE
        return {"is_online": self.is_online and alive, "last_seen": self.last_seen.isoformat()}


class Connection(models.Model):
    """One open chat socket of a user: online is who has at least one."""

    id = models.UUIDField(primary_key=True)
    status = models.ForeignKey(UserStatus, on_delete=models.CASCADE, related_name="connections")
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"connection {self.pk} of user {self.status_id}"
