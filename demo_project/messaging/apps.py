from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """One-to-one chat."""

    name = "messaging"
