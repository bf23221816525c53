"""The work of user_of, as a script: no event loop is running here."""

from types import SimpleNamespace

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

keys = Session.objects.values_list("pk", flat=True)
users = [get_user(SimpleNamespace(session=SessionStore(key))).get_username() for key in keys]
print("logged in:", ", ".join(sorted(users)))
print("a visitor:", get_user(SimpleNamespace(session=SessionStore(None))))
