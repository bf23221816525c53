"""Answers to exercise 2 of lesson 09, about create_message_async."""

from exercises import Answers, in_place_of

SIGNATURE = """def create_message_async(
    sender_id: int, recipient_id: int, content: str, client_id: UUID
) -> dict[str, Any]:
"""
HEAD = f"async {SIGNATURE}"
GIVEN = "(sender_id, recipient_id, content, client_id)"
LOCK = """users = get_user_model().objects.order_by()
    recipient = users.filter(pk=recipient_id, is_active=True)
"""
WORK = """        await users.select_for_update(no_key=True).only("pk").aget(Exists(recipient), pk=sender_id)
        message, _created = await Message.objects.aget_or_create(
            sender_id=sender_id, recipient_id=recipient_id, client_id=client_id, defaults={"content": content}
        )
        earlier = Message.objects.filter(sender_id=sender_id, recipient_id=recipient_id, pk__lt=message.pk)
        message.previous_id = (await earlier.aaggregate(newest=Max("pk")))["newest"]
"""
AWAITED = "\n".join(line.removeprefix("    ") for line in WORK.splitlines()) + "\n"
END = "    return serialize_message(message)\n"
STORED = "stored all the same"
LEFT_OPEN = "leaves a database connection open"

RIGHT = {
    "handed over by name": f"{HEAD}    return await database_sync_to_async(create_message){GIVEN}\n",
    "sync_to_async": f"""{HEAD}    from asgiref.sync import sync_to_async

    return await sync_to_async(create_message){GIVEN}
""",
    "a transaction that may be awaited in": f"""{HEAD}    from messaging.transactions import aatomic

    {LOCK}    async with aatomic():
{WORK}{END}""",
    "a plain function in it": f"""{HEAD}    @transaction.atomic
    def store() -> dict[str, Any]:
        return create_message{GIVEN}

    return await database_sync_to_async(store)()
""",
}
WRONG = {
    "no transaction": (f"{HEAD}    {LOCK}{AWAITED}{END}", STORED),
    "decorated": (f"@transaction.atomic\n{HEAD}    {LOCK}{AWAITED}{END}", "SynchronousOnlyOperation"),
    "decorated in the thread": (
        f"""{HEAD}    @database_sync_to_async
    @transaction.atomic
    async def store() -> dict[str, Any]:
        return await _store{GIVEN}

    return await (await store())


async def _store(sender_id: int, recipient_id: int, content: str, client_id: UUID) -> dict[str, Any]:
    {LOCK}{AWAITED}{END}""",
        STORED,
    ),
    "the lock alone in a transaction": (
        f"""{HEAD}    from messaging.transactions import aatomic

    {LOCK}    async with aatomic():
{WORK.splitlines()[0]}
{chr(10).join(AWAITED.splitlines()[1:])}
{END}""",
        STORED,
    ),
    "what came before asked first": (
        f"""{HEAD}    earlier = Message.objects.filter(sender_id=sender_id, recipient_id=recipient_id)
    previous = (await earlier.exclude(client_id=client_id).aaggregate(newest=Max("pk")))["newest"]
    message, _created = await Message.objects.aget_or_create(
        sender_id=sender_id, recipient_id=recipient_id, client_id=client_id, defaults={{"content": content}}
    )
    message.previous_id = previous
{END}""",
        "the one before it",
    ),
    "a transaction in two hops": (
        f"""{HEAD}    from asgiref.sync import sync_to_async

    block = transaction.atomic()
    await sync_to_async(block.__enter__)()
    try:
        return await sync_to_async(create_message){GIVEN}
    finally:
        await sync_to_async(block.__exit__)(None, None, None)
""",
        "share that thread",
    ),
    "always a new row": (
        f"""{HEAD}    from uuid import uuid4

    return await database_sync_to_async(create_message)(sender_id, recipient_id, content, uuid4())
""",
        "stored twice",
    ),
    "nothing before it": (
        f"""{HEAD}    message, _created = await Message.objects.aget_or_create(
        sender_id=sender_id, recipient_id=recipient_id, client_id=client_id, defaults={{"content": content}}
    )
{END}""",
        "which message came before",
    ),
    "to_thread": (
        f"{HEAD}    import asyncio\n\n    return await asyncio.to_thread(create_message, *{GIVEN})\n",
        LEFT_OPEN,
    ),
    "result() on the loop": (
        f"""{HEAD}    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        return pool.submit(create_message, *{GIVEN}).result()
""",
        "nobody else is served",
    ),
    "the guard off": (
        f"""{HEAD}    import os

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return create_message{GIVEN}
""",
        "Not yet: ",
    ),
}


class TestStoring(Answers):
    bug, number = "09_transactions_and_wrong_fixes", 2
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("create_message_async"))
