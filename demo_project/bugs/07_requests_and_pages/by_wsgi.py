"""The same view under WSGI, where the server has no event loop; each visitor asks for the list."""

from django.contrib.auth import get_user_model
from django.core.exceptions import SynchronousOnlyOperation
from django.test import Client  # calls views as a WSGI server does

ana, visitor = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
ana.force_login(get_user_model().objects.get(username="ana"))
for name, browser in [("a visitor", visitor), ("ana", ana)]:
    try:
        print(f"{name}: {browser.get('/people/').status_code}")
    except SynchronousOnlyOperation as error:
        print(f"{name}: {type(error).__name__}")
