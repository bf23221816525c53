"""The work of mark_all_read_async, as a script: no event loop is running here."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max

from messaging.message_persistence_manager import mark_messages
from messaging.models import Message

ana, chloe = (get_user_model().objects.get(username=name) for name in ("ana", "chloe"))
Message.objects.create(sender=chloe, recipient=ana, content="Popcorn?")
Message.objects.update(status="sent")
unread = Message.objects.filter(recipient_id=ana.pk).exclude(status="read")
newest = unread.order_by("sender_id").values_list("sender_id").annotate(Max("pk"))
with transaction.atomic():
    read = [sender_id for sender_id, up_to_id in newest if mark_messages(ana.pk, sender_id, up_to_id, "read")]
print("marked as read, of", *get_user_model().objects.filter(pk__in=read).order_by("pk"))
