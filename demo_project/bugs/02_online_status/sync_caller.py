"""A caller without an event loop: it needs mark_message_delivered as a plain function."""

import inspect

from messaging.message_persistence_manager import mark_message_delivered
from messaging.models import Message

waiting = Message.objects.filter(status=Message.Status.SENT).first()
answer = mark_message_delivered(waiting.pk)
if inspect.iscoroutine(answer):
    answer.close()
print("a script that calls mark_message_delivered gets:", "a coroutine" if inspect.iscoroutine(answer) else answer)
