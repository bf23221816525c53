"""Daphne's runserver, kept on this machine while DEBUG is on."""

from typing import Any

from daphne.management.commands.runserver import Command as DaphneCommand
from django.conf import settings
from django.core.management import CommandError


class Command(DaphneCommand):
    """Serve pages and sockets; with DEBUG, refuse every address but the loopback ones."""

    def run(self, **options: Any) -> None:
        """Start the server. Raises CommandError for a public address while DEBUG is on."""
        if settings.DEBUG and self.addr not in {"127.0.0.1", "localhost", "::1"}:
            raise CommandError(
                f"DEBUG is on, so LinkUp does not listen on {self.addr}: its error pages are not for others. "
                "Use 127.0.0.1."
            )
        super().run(**options)
