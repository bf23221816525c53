"""A caller without an event loop: it needs mark_messages as a plain function."""

import inspect

from messaging.message_persistence_manager import mark_messages
from messaging.models import Message

waiting = Message.objects.filter(status=Message.Status.SENT).first()
answer = mark_messages(waiting.recipient_id, waiting.sender_id, waiting.pk, Message.Status.DELIVERED)
if inspect.iscoroutine(answer):
    answer.close()
print("a script that calls mark_messages gets:", "a coroutine" if inspect.iscoroutine(answer) else answer)
