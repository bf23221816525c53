"""People and a conversation to try LinkUp with."""

import secrets
from argparse import ArgumentParser
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError
from django.db import transaction

from messaging.message_persistence_manager import create_message
from messaging.models import UserStatus

PEOPLE = ("ana", "ben", "chloe")
CONVERSATION = (
    ("ana", "ben", "Did you get the tickets?"),
    ("ben", "ana", "Two for Friday, row F. I owe you for the popcorn."),
    ("ana", "ben", "Row F is fine. See you at eight?"),
)


class Command(BaseCommand):
    """Make the demo users and their conversation; run again, it sets their password anew and doubles nothing."""

    help = "Make the demo users ana, ben and chloe and a short conversation, and print their password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a password, for a class that should all have the same one."""
        parser.add_argument("--password", help="their password; without it, a random one")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Write everything or nothing. Raises CommandError while DEBUG is off."""
        if not settings.DEBUG:
            raise CommandError("seed_demo gives its users a shared password, so it runs with LINKUP_DEBUG=1 only.")
        password = options["password"] or secrets.token_urlsafe(9)
        users = {}
        for name in PEOPLE:
            users[name], _created = get_user_model().objects.get_or_create(username=name)
            users[name].set_password(password)
            users[name].save()
            UserStatus.objects.get_or_create(user=users[name])
        for sender, recipient, content in CONVERSATION:
            # The same text gets the same id, so a second run finds the message.
            client_id = uuid5(NAMESPACE_URL, f"linkup:{sender}:{recipient}:{content}")
            create_message(users[sender].pk, users[recipient].pk, content, client_id)
        self.stdout.write(f"Users: {', '.join(PEOPLE)}. Password of each: {password}")
