"""Ben reads two of Ana's messages, and a late receipt says that they have reached him; print what is wrong then."""

import asyncio
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone

from messaging.message_persistence_manager import mark_messages_async
from messaging.models import Message

ana, ben, chloe = (get_user_model().objects.get(username=name) for name in ("ana", "ben", "chloe"))
senders = [ana, chloe, ana, ana]
first, chloes, second, unseen = (
    Message.objects.create(sender=sender, recipient=ben, content="?") for sender in senders
)
long_ago = timezone.now() - timedelta(days=1)
Message.objects.update(updated_at=long_ago)
answers = [asyncio.run(mark_messages_async(ben.pk, ana.pk, second.pk, status)) for status in ("read", "delivered")]
for message in (first, chloes, second, unseen):
    message.refresh_from_db()

if unseen.status != "sent":
    print(
        "no error, but Ana is told that Ben has read a message that he has not seen yet: one after those he has read."
    )
elif chloes.status != "sent":
    print("no error, but Ben reads Ana's messages, and somebody else, Chloe, is told that he has read hers.")
elif {first.status, second.status} != {"read"}:
    print("no error, but a message that Ben has read becomes unread again, once a late receipt of his page comes in.")
elif first.updated_at == long_ago:
    print("no error, but Ben has read a message, and nobody can tell from it when it was last changed.")
elif answers != [True, False]:
    print("no error, but Ana's page is told again that something has changed where nothing has, or is never told.")
