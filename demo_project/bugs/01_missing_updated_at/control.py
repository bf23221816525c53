"""The write of create_message, as a script: the same query on the same model, and nothing is serialized."""

from uuid import uuid4

from django.contrib.auth import get_user_model

from messaging.models import Message

ana, ben = (get_user_model().objects.get(username=name) for name in ("ana", "ben"))
message, _created = Message.objects.get_or_create(
    sender_id=ana.pk, recipient_id=ben.pk, client_id=uuid4(), defaults={"content": "From a script."}
)
print("stored:", Message.objects.filter(pk=message.pk).count())
