"""A message is stored in a block; while the block waits for something, another chat marks a message as read."""

import asyncio

from messaging.message_persistence_manager import in_transaction, mark_messages_async
from messaging.models import Message

ANA, BEN = Message.objects.values_list("recipient_id", "sender_id").get(pk=2)


async def meet():
    """Return what marking gave, once the block has ended without an error."""
    async with in_transaction():
        await Message.objects.acreate(sender_id=ANA, recipient_id=BEN, content="Who brings popcorn?")
        other_chat = asyncio.create_task(mark_messages_async(ANA, BEN, 2, "read"))
        await asyncio.wait([other_chat])
    return other_chat.exception() or other_chat.result()


before = Message.objects.count()
print("marked:", repr(asyncio.run(meet())))
print("messages stored:", Message.objects.count() - before)
