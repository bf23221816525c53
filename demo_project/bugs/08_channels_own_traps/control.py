"""The work of user_of, as a script: no event loop is running here."""

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from linkup.sockets import user_of

users = [user_of(SessionStore(key)).get_username() for key in Session.objects.values_list("pk", flat=True)]
print("logged in:", ", ".join(sorted(users)))
print("a visitor:", user_of(SessionStore(None)))
