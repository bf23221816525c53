"""The work of user_of, as a script: no event loop is running here."""

from types import SimpleNamespace

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user, get_user_model
from django.contrib.sessions.backends.db import SessionStore

ana = get_user_model().objects.get(username="ana")
session = SessionStore()
session[SESSION_KEY] = str(ana.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = ana.get_session_auth_hash()
session.create()
print("with Ana's cookie:", get_user(SimpleNamespace(session=SessionStore(session.session_key))))
print("without a cookie:", get_user(SimpleNamespace(session=SessionStore(None))))
