"""What LinkUp stores: the messages of one-to-one conversations, and who is online."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


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

    class Meta:
        indexes = [models.Index(fields=["sender", "recipient", "-id"], name="message_conversation")]
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
        return f"user {self.user_id} is {'online' if self.is_online else 'offline'}"
