"""Requests as Django's middleware hands them to a view."""

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import AsyncRequestFactory

SESSION_KEY = "s" * 32  # of a session in the database, in which ann is logged in


def visit(path="/", logged_in=True):
    """Return a request that has a lazy session and a lazy user; nothing is asked yet."""
    request = AsyncRequestFactory().get(path)
    if logged_in:
        request.COOKIES["sessionid"] = SESSION_KEY
    SessionMiddleware(HttpResponse).process_request(request)
    AuthenticationMiddleware(HttpResponse).process_request(request)
    return request
