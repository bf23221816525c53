"""The work of the broken function, as a script: no event loop is running here."""

from django.contrib.auth import get_user_model

print("found:", get_user_model().objects.get(username="ben"))
