"""Answers to exercise 1 of lesson 03: get_conversation_messages is called, and its result handed over."""

from exercises import Answers, in_place_of

ARGUMENTS = "user_id: int, peer_id: int, before_id: int | None = None, after_id: int | None = None"
SIGNATURE = f"def get_conversation_messages_async({ARGUMENTS}) -> list[dict[str, Any]]:\n"
HEAD = f"async {SIGNATURE}"
GIVEN = "(user_id, peer_id, before_id, after_id)"
LEFT_OPEN = "leaves a database connection open"
STANDS_STILL = "nobody else is served"
NEWEST = """    between = Q(sender_id=user_id, recipient_id=peer_id) | Q(sender_id=peer_id, recipient_id=user_id)
    messages = Message.objects.filter(between)
    if after_id is not None:
        newer = messages.filter(pk__gt=after_id).order_by("pk")[:PAGE_SIZE]
        return [serialize_message(message) async for message in newer]
    if before_id is not None:
        messages = messages.filter(pk__lt=before_id)
    newest = messages.order_by("-pk")[:PAGE_SIZE]
"""

RIGHT = {
    "the whole function moved": f"@database_sync_to_async\n{SIGNATURE}    return get_conversation_messages{GIVEN}\n",
    "handed over by name": f"{HEAD}    return await database_sync_to_async(get_conversation_messages){GIVEN}\n",
    "sync_to_async": f"""{HEAD}    from asgiref.sync import sync_to_async

    return await sync_to_async(get_conversation_messages){GIVEN}
""",
    "a lambda": f"{HEAD}    return await database_sync_to_async(lambda: get_conversation_messages{GIVEN})()\n",
    "async for": f"{HEAD}{NEWEST}    return [serialize_message(message) async for message in newest][::-1]\n",
}
WRONG = {
    "to_thread": (
        f"{HEAD}    import asyncio\n\n    return await asyncio.to_thread(get_conversation_messages, *{GIVEN})\n",
        LEFT_OPEN,
    ),
    "thread_sensitive=False": (
        f"""{HEAD}    from asgiref.sync import sync_to_async

    return await sync_to_async(get_conversation_messages, thread_sensitive=False){GIVEN}
""",
        LEFT_OPEN,
    ),
    "result() on the loop": (
        f"""{HEAD}    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        return pool.submit(get_conversation_messages, *{GIVEN}).result()
""",
        STANDS_STILL,
    ),
    "sleep on the loop": (
        f"""{HEAD}    import time

    time.sleep(1)
    return await database_sync_to_async(get_conversation_messages){GIVEN}
""",
        STANDS_STILL,
    ),
    "a thread and join": (
        f"""{HEAD}    import threading

    found: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: found.extend(get_conversation_messages{GIVEN}))
    thread.start()
    thread.join()
    return found
""",
        STANDS_STILL,
    ),
    "nothing": (f"{HEAD}    return []\n", "Not yet: "),
    "always the newest": (
        f"{HEAD}    return await database_sync_to_async(get_conversation_messages)(user_id, peer_id)\n",
        "Not yet: ",
    ),
    "a query for each row": (
        f"""{HEAD}{NEWEST}    found = []
    async for message in newest:
        found.append(serialize_message(await Message.objects.aget(pk=message.pk)))
    return found[::-1]
""",
        "asks the database",
    ),
    "what was seen": (
        f"""{HEAD}    found = await database_sync_to_async(get_conversation_messages){GIVEN}
    return [message for message in found if message["id"] <= 3]
""",
        "Not yet: ",
    ),
    "everybody's": (
        f"""{HEAD}    messages = Message.objects.order_by("pk")
    if after_id is not None:
        messages = messages.filter(pk__gt=after_id)
    if before_id is not None:
        messages = messages.filter(pk__lt=before_id)
    return [serialize_message(message) async for message in messages]
""",
        "Not yet: ",
    ),
    "the wrong way round": (
        f"{HEAD}{NEWEST}    return [serialize_message(message) async for message in newest]\n",
        "Not yet: ",
    ),
}


class TestHistory(Answers):
    bug, number = "03_persistence_manager", 1
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("get_conversation_messages_async"))
