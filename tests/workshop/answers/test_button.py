"""Answers to exercise 1 of lesson 09, about mark_all_read_async."""

from exercises import Answers, in_place_of

SIGNATURE = "def mark_all_read_async(recipient_id: int) -> dict[int, int]:\n"
HEAD = f"async {SIGNATURE}"
UNREAD = """    unread = Message.objects.filter(recipient_id=recipient_id).exclude(status=Message.Status.READ)
    newest = unread.order_by("sender_id").values_list("sender_id").annotate(Max("pk"))
    read = {}
"""
EACH = """async for sender_id, up_to_id in newest:
            if await mark_messages_async(recipient_id, sender_id, up_to_id, Message.Status.READ):
                read[sender_id] = up_to_id
    return read
"""
BARE = EACH.replace("            ", "        ", 1).replace("                read", "            read")
HALF = "half is done"
NOBODY = "nobody hears of it"
LEFT_OPEN = "leaves a database connection open"
STANDS_STILL = "nobody else is served"

RIGHT = {
    "handed over by name": f"{HEAD}    return await database_sync_to_async(mark_all_read)(recipient_id)\n",
    "sync_to_async": f"""{HEAD}    from asgiref.sync import sync_to_async

    return await sync_to_async(mark_all_read)(recipient_id)
""",
    "a transaction that may be awaited in": f"""{HEAD}    from messaging.transactions import aatomic

{UNREAD}    async with aatomic():
        {EACH}""",
    "a transaction around one in a thread": f"""@database_sync_to_async
@transaction.atomic
{SIGNATURE}    return mark_all_read(recipient_id)
""",
    "one statement": f"""{HEAD}    from messaging.transactions import aatomic

{UNREAD}    async with aatomic():
        read = {{sender_id: up_to_id async for sender_id, up_to_id in newest}}
        await unread.filter(pk__lte=max(read.values(), default=0)).aupdate(
            status=Message.Status.READ, updated_at=timezone.now()
        )
    return read
""",
}
WRONG = {
    "a transaction on the loop": (
        f"{HEAD}{UNREAD}    with transaction.atomic():\n        {EACH}",
        "SynchronousOnlyOperation",
    ),
    "decorated": (f"@transaction.atomic\n{HEAD}{UNREAD}    {BARE}", "SynchronousOnlyOperation"),
    "decorated in the thread": (
        f"""{HEAD}    @database_sync_to_async
    @transaction.atomic
    async def mark() -> dict[int, int]:
        return await _mark_all_read(recipient_id)

    return await (await mark())


async def _mark_all_read(recipient_id: int) -> dict[int, int]:
{UNREAD}    {BARE}""",
        HALF,
    ),
    "a transaction for each": (
        f"""{HEAD}    from messaging.transactions import aatomic

{UNREAD}    async for sender_id, up_to_id in newest:
        async with aatomic():
            if await mark_messages_async(recipient_id, sender_id, up_to_id, Message.Status.READ):
                read[sender_id] = up_to_id
    return read
""",
        HALF,
    ),
    "all together": (
        f"""{HEAD}    import asyncio

{UNREAD}    read = {{sender_id: up_to_id async for sender_id, up_to_id in newest}}
    await asyncio.gather(*(mark_messages_async(recipient_id, *each, Message.Status.READ) for each in read.items()))
    return read
""",
        HALF,
    ),
    "errors swallowed": (
        f"""{HEAD}    from django.db import Error

    try:
        return await database_sync_to_async(mark_all_read)(recipient_id)
    except Error:
        return {{}}
""",
        NOBODY,
    ),
    "started and forgotten": (
        f"""{HEAD}    import asyncio

    asyncio.create_task(database_sync_to_async(mark_all_read)(recipient_id))
    return {{}}
""",
        "Not yet: ",
    ),
    "to_thread": (
        f"{HEAD}    import asyncio\n\n    return await asyncio.to_thread(mark_all_read, recipient_id)\n",
        LEFT_OPEN,
    ),
    "result() on the loop": (
        f"""{HEAD}    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        return pool.submit(mark_all_read, recipient_id).result()
""",
        STANDS_STILL,
    ),
    "who wrote, and not what": (
        f"""{HEAD}    from messaging.transactions import aatomic

{UNREAD}    async with aatomic():
        read = {{sender_id: sender_id async for sender_id, _up_to_id in newest}}
        await unread.aupdate(status=Message.Status.READ, updated_at=timezone.now())
    return read
""",
        "up to which message",
    ),
    "the guard off": (
        f"""{HEAD}    import os

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return mark_all_read(recipient_id)
""",
        "Not yet: ",
    ),
}


class TestButton(Answers):
    bug, number = "09_transactions_and_wrong_fixes", 1
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("mark_all_read_async"))
