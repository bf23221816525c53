"""The work of the view, as a script: no event loop is running here."""

from django.contrib.auth import get_user_model
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.shortcuts import render
from django.test import Client, RequestFactory

from messaging.message_persistence_manager import conversations

browser = Client()
browser.force_login(get_user_model().objects.get(username="ana"))
request = RequestFactory().get("/people/")
request.session = SessionStore(browser.session.session_key)
AuthenticationMiddleware(HttpResponse).process_request(request)
print("logged in:", request.user.is_authenticated)
page = render(request, "messaging/people.html", {"people": conversations(request.user.pk)})
print(f"status {page.status_code}, ben in the list: {'>ben<' in page.content.decode()}")
