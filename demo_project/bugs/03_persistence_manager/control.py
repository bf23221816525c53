"""The work of the two twins, as a script: no event loop is running here."""

from uuid import uuid4

from django.db.models import Q

from messaging.message_persistence_manager import serialize_message
from messaging.models import Message

ana, ben = Message.objects.values_list("recipient_id", "sender_id").get(pk=2)
sent = {"sender_id": ana, "recipient_id": ben, "client_id": uuid4()}
for _time in ("first", "again"):
    message, created = Message.objects.get_or_create(**sent, defaults={"content": "Who brings popcorn?"})
    print("created:", created)
messages = Message.objects.filter(Q(sender_id=ana, recipient_id=ben) | Q(sender_id=ben, recipient_id=ana))
history = [serialize_message(message) for message in messages.order_by("pk")]
print("in the history:", [entry["id"] for entry in history].count(message.pk), "time")
