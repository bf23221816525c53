"""Answers to the two exercises about mark_messages_async: 2 of lesson 02, and 2 of lesson 03."""

from exercises import Answers, in_place_of

SIGNATURE = "def mark_messages_async(recipient_id: int, sender_id: int, up_to_id: int, status: str) -> bool:\n"
HEAD = f"async {SIGNATURE}"
GIVEN = "(recipient_id, sender_id, up_to_id, status)"
LEFT_OPEN = "leaves a database connection open"
STANDS_STILL = "nobody else is served"
TOO_EARLY = "goes on before its work in the database is done"
EARLIER = """    order = Message.Status.values
    earlier = order[: order.index(status)]
    behind = Message.objects.filter(
        sender_id=sender_id, recipient_id=recipient_id, pk__lte=up_to_id, status__in=earlier
    )
"""
ALL = """    messages = Message.objects.filter(sender_id=sender_id, recipient_id=recipient_id, pk__lte=up_to_id)
"""
ROWS = """        moved = False
        async for message in behind:
            message.status = status
            await message.asave()
            moved = True
        return moved
"""

RIGHT = {
    "the whole function moved": f"@database_sync_to_async\n{SIGNATURE}    return mark_messages{GIVEN}\n",
    "handed over by name": f"{HEAD}    return await database_sync_to_async(mark_messages){GIVEN}\n",
    "sync_to_async": f"""{HEAD}    from asgiref.sync import sync_to_async

    return await sync_to_async(mark_messages){GIVEN}
""",
    "the twin of update": f"""{HEAD}{EARLIER}    now = timezone.now()
    return await behind.aupdate(status=status, updated_at=now) > 0
""",
    "a transaction where the query runs": f"""@database_sync_to_async
@transaction.atomic
{SIGNATURE}    return mark_messages{GIVEN}
""",
    "a transaction around what is awaited": f"""{HEAD}    from messaging.transactions import aatomic

    async with aatomic():
        return await database_sync_to_async(mark_messages){GIVEN}
""",
    "row by row in a transaction": f"""{HEAD}    from messaging.transactions import aatomic

{EARLIER}    async with aatomic():
{ROWS}""",
}
WRONG = {
    "to_thread": (
        f"{HEAD}    import asyncio\n\n    return await asyncio.to_thread(mark_messages, *{GIVEN})\n",
        LEFT_OPEN,
    ),
    "thread_sensitive=False": (
        f"{HEAD}    return await database_sync_to_async(mark_messages, thread_sensitive=False){GIVEN}\n",
        LEFT_OPEN,
    ),
    "result() on the loop": (
        f"""{HEAD}    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        return pool.submit(mark_messages, *{GIVEN}).result()
""",
        STANDS_STILL,
    ),
    "started and forgotten": (
        f"""{HEAD}    import asyncio

    asyncio.create_task(database_sync_to_async(mark_messages){GIVEN})
    return True
""",
        TOO_EARLY,
    ),
    "started and forgotten, the twin": (
        f"""{HEAD}    import asyncio

{EARLIER}    asyncio.ensure_future(behind.aupdate(status=status, updated_at=timezone.now()))
    return True
""",
        TOO_EARLY,
    ),
    "started in a thread and forgotten": (
        f"""{HEAD}    import asyncio

    asyncio.get_running_loop().run_in_executor(None, mark_messages, *{GIVEN})
    return True
""",
        "Not yet: ",
    ),
    "never run": (f"{HEAD}    database_sync_to_async(mark_messages){GIVEN}\n    return True\n", "Not yet: "),
    "back again": (
        f"""{HEAD}{ALL}    return await messages.aupdate(status=status, updated_at=timezone.now()) > 0
""",
        "has read becomes unread",
    ),
    "only what is different": (
        f"""{HEAD}{ALL}    others = messages.exclude(status=status)
    return await others.aupdate(status=status, updated_at=timezone.now()) > 0
""",
        "has read becomes unread",
    ),
    "no time": (f"{HEAD}{EARLIER}    return await behind.aupdate(status=status) > 0\n", "when it was last changed"),
    "all of them": (
        f"""{HEAD}{EARLIER.replace(", pk__lte=up_to_id", "")}    now = timezone.now()
    return await behind.aupdate(status=status, updated_at=now) > 0
""",
        "has not seen yet",
    ),
    "whoever wrote it": (
        f"""{HEAD}{EARLIER.replace("sender_id=sender_id, ", "")}    now = timezone.now()
    return await behind.aupdate(status=status, updated_at=now) > 0
""",
        "somebody else",
    ),
    "always news": (
        f"{HEAD}    await database_sync_to_async(mark_messages){GIVEN}\n    return True\n",
        "told again",
    ),
}
LOST = "is overwritten"
WRONG_IN_A_TRANSACTION = {
    "not awaited": (f"{HEAD}    return database_sync_to_async(mark_messages){GIVEN}\n", "stored: sent"),
    "entered in one hop, left in another": (
        f"""{HEAD}    from asgiref.sync import sync_to_async

    block = transaction.atomic()
    await sync_to_async(block.__enter__)()
    try:
        return await sync_to_async(mark_messages){GIVEN}
    finally:
        await sync_to_async(block.__exit__)(None, None, None)
""",
        "share that thread",
    ),
    "entered in one hop, left in another, for databases": (
        f"""{HEAD}    block = transaction.atomic()
    await database_sync_to_async(block.__enter__)()
    try:
        return await database_sync_to_async(mark_messages){GIVEN}
    finally:
        await database_sync_to_async(block.__exit__)(None, None, None)
""",
        "Not yet: ",
    ),
    "autocommit off between two hops": (
        f"""{HEAD}    from asgiref.sync import sync_to_async

    await sync_to_async(transaction.set_autocommit)(False)
    try:
        return await sync_to_async(mark_messages){GIVEN}
    finally:
        await sync_to_async(transaction.commit)()
        await sync_to_async(transaction.set_autocommit)(True)
""",
        "share that thread",
    ),
    "a lock of one process": (
        f"""import asyncio

ONE_AT_A_TIME = asyncio.Lock()


{HEAD}    async with ONE_AT_A_TIME:
        order = Message.Status.values
        moved = False
        async for message in Message.objects.filter(
            sender_id=sender_id, recipient_id=recipient_id, pk__lte=up_to_id
        ):
            if message.status in order[: order.index(status)]:
                message.status = status
                await message.asave()
                moved = True
        return moved
""",
        LOST,
    ),
    "a lock of one process, in a thread": (
        f"""import threading

ONE_AT_A_TIME = threading.Lock()


@database_sync_to_async
{SIGNATURE}    with ONE_AT_A_TIME:
        order = Message.Status.values
        moved = False
        for message in Message.objects.filter(sender_id=sender_id, recipient_id=recipient_id, pk__lte=up_to_id):
            if message.status in order[: order.index(status)]:
                message.status = status
                message.save(update_fields=["status", "updated_at"])
                moved = True
        return moved
""",
        LOST,
    ),
    "looked at in one transaction, written in the next": (
        f"""{HEAD}    @database_sync_to_async
    @transaction.atomic
    def look() -> list[int]:
        order = Message.Status.values
        earlier = order[: order.index(status)]
        mine = Message.objects.select_for_update().filter(sender_id=sender_id, recipient_id=recipient_id)
        return list(mine.filter(pk__lte=up_to_id, status__in=earlier).values_list("pk", flat=True))

    found = await look()
    return await Message.objects.filter(pk__in=found).aupdate(status=status, updated_at=timezone.now()) > 0
""",
        LOST,
    ),
    "to_thread": (
        f"""{HEAD}    import asyncio

    return await asyncio.to_thread(transaction.atomic(mark_messages), *{GIVEN})
""",
        LEFT_OPEN,
    ),
    "started and forgotten": WRONG["started and forgotten"],
    "the guard off": (
        f"""{HEAD}    import os

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with transaction.atomic():
        return mark_messages{GIVEN}
""",
        "Not yet: ",
    ),
}


class TestMarks(Answers):
    bug, number = "02_online_status", 2
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("mark_messages_async"))


class TestMarksInATransaction(Answers):
    bug, number = "03_persistence_manager", 2
    right, wrong = RIGHT, WRONG_IN_A_TRANSACTION
    put = staticmethod(in_place_of("mark_messages_async"))
