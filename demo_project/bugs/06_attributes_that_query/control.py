"""The work of the download, as a script: no event loop is running here."""

from django.contrib.auth import get_user_model
from django.db.models import Q

from messaging.models import Message

ana = get_user_model().objects.get(username="ana")
for message in Message.objects.filter(Q(sender=ana) | Q(recipient=ana)).order_by("pk").iterator(chunk_size=500):
    print(message.sender.get_username(), "to", message.recipient.get_username())
