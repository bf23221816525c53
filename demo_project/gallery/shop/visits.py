"""Requests as Django's middleware hands them to a view."""

from importlib import import_module

from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import AsyncRequestFactory

SESSION_KEY = "s" * 32  # of a session in the database, in which ann is logged in


def visit(path="/", logged_in=True, engine="db"):
    """Return a request that has a lazy session and a lazy user; nothing is asked yet."""
    middleware = SessionMiddleware(HttpResponse)
    middleware.SessionStore = import_module(f"django.contrib.sessions.backends.{engine}").SessionStore
    request = AsyncRequestFactory().get(path)
    if logged_in:
        in_database = engine in ("db", "cached_db")
        request.COOKIES["sessionid"] = SESSION_KEY if in_database else kept_elsewhere(middleware.SessionStore)
    middleware.process_request(request)
    AuthenticationMiddleware(HttpResponse).process_request(request)
    return request


def kept_elsewhere(store):
    """Store such a session in a cache or in the cookie itself, with another color; return what the cookie says."""
    session = store()
    session.update({USER_KEY: "1", BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend", "color": "blue"})
    session.save()
    return session.session_key
