"""What the view calls, as a script: no event loop is running here."""

from django.contrib.auth import get_user_model

from messaging.message_persistence_manager import mark_all_read
from messaging.models import Message

ana = get_user_model().objects.get(username="ana")
Message.objects.update(status="sent")
marked = mark_all_read(ana.pk)
print("marked as read, of", *get_user_model().objects.filter(pk__in=marked))
