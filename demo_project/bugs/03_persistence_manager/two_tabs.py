"""Ana has two tabs open. She reads Ben's message in one; the other tells the server that it has arrived."""

import asyncio

from messaging.message_persistence_manager import mark_messages_async
from messaging.models import Message


async def both_tabs(message):
    """Start both calls before either has its answer; return the answers."""
    place = message.recipient_id, message.sender_id, message.pk
    tabs = [mark_messages_async(*place, status) for status in ("read", "delivered")]
    return await asyncio.gather(*tabs, return_exceptions=True)


message = Message.objects.get(pk=2)
Message.objects.update(status="sent")
read, delivered = asyncio.run(both_tabs(message))
message.refresh_from_db()
print(f"marked as read: {read!r}, as delivered: {delivered!r}, stored: {message.status}")
