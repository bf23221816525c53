from importlib import import_module

from django.apps import AppConfig


class AsyncAuditConfig(AppConfig):
    """Finds database work that an event loop is running; any Django project can install it."""

    name = "async_audit"

    def ready(self) -> None:
        """Make the findings a part of manage.py check."""
        import_module("async_audit.checks")
