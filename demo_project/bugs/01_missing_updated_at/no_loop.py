"""What the consumer calls, as a script: no event loop is running here."""

from uuid import uuid4

from django.contrib.auth import get_user_model

from messaging.message_persistence_manager import create_message

ana, ben = (get_user_model().objects.get(username=name) for name in ("ana", "ben"))
print(create_message(ana.pk, ben.pk, "From a script.", uuid4())["content"])
