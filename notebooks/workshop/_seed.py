"""Migrate the database of the program in the current folder, seed it, log everybody in, and print the session keys.

Arguments: everybody's password, and the migration to go back to in the end.

Run by `workshop.database`, never imported.
"""

import io
import json
import sys
from datetime import timedelta

import django

sys.path[0] = "."
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db.models import F  # noqa: E402
from django.test import Client  # noqa: E402

from messaging.models import Message  # noqa: E402

call_command("migrate", verbosity=0)
call_command("seed_demo", password=sys.argv[1], stdout=io.StringIO())
# save() takes the two times one after the other; nobody has changed these messages since.
Message.objects.update(updated_at=F("created_at"))
sessions = {}
for user in get_user_model().objects.all():
    client = Client()
    client.force_login(user)
    # A trainer prepares the laptops weeks ahead.
    session = client.session
    session.set_expiry(timedelta(days=3650))
    session.save()
    sessions[user.get_username()] = client.cookies[settings.SESSION_COOKIE_NAME].value
call_command("migrate", "messaging", sys.argv[2], verbosity=0)
json.dump(sessions, sys.stdout)
