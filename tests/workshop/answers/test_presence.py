"""Answers to exercise 1 of lesson 02: get_user_presence on the event loop."""

from exercises import Answers, in_place_of

SIGNATURE = "def get_user_presence(user_id: int) -> dict[str, Any]:\n"
HEAD = f"async {SIGNATURE}"
QUERY = "UserStatus.objects.filter(user_id=user_id).first"
GIVEN = "    return (status or UserStatus()).presence\n"
LEFT_OPEN = "leaves a database connection open"
STANDS_STILL = "nobody else is served"

RIGHT = {
    "the whole function moved": f"@database_sync_to_async\n{SIGNATURE}    status = {QUERY}()\n{GIVEN}",
    "the twin": f"{HEAD}    status = await UserStatus.objects.filter(user_id=user_id).afirst()\n{GIVEN}",
    "aget": f"""{HEAD}    try:
        status = await UserStatus.objects.aget(user_id=user_id)
    except UserStatus.DoesNotExist:
        status = None
{GIVEN}""",
    "the query handed over by name": f"{HEAD}    status = await database_sync_to_async({QUERY})()\n{GIVEN}",
    "sync_to_async": f"""{HEAD}    from asgiref.sync import sync_to_async

    status = await sync_to_async(lambda: {QUERY}())()
{GIVEN}""",
    "a transaction of its own": f"""{HEAD}    from messaging.transactions import aatomic

    async with aatomic():
        status = await UserStatus.objects.filter(user_id=user_id).afirst()
{GIVEN}""",
    "a thread that closes its connection": f"""{HEAD}    import asyncio

    from django.db import connections

    def ask():
        try:
            return {QUERY}()
        finally:
            connections.close_all()

    status = await asyncio.to_thread(ask)
{GIVEN}""",
}
WRONG = {
    "to_thread": (
        f"{HEAD}    import asyncio\n\n    status = await asyncio.to_thread({QUERY})\n{GIVEN}",
        LEFT_OPEN,
    ),
    "thread_sensitive=False": (
        f"""{HEAD}    from asgiref.sync import sync_to_async

    status = await sync_to_async({QUERY}, thread_sensitive=False)()
{GIVEN}""",
        LEFT_OPEN,
    ),
    "thread_sensitive=False, for databases": (
        f"{HEAD}    status = await database_sync_to_async({QUERY}, thread_sensitive=False)()\n{GIVEN}",
        LEFT_OPEN,
    ),
    "a pool for each call": (
        f"""{HEAD}    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        status = await asyncio.get_running_loop().run_in_executor(pool, {QUERY})
{GIVEN}""",
        LEFT_OPEN,
    ),
    "result() on the loop": (
        f"""{HEAD}    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        status = pool.submit({QUERY}).result()
{GIVEN}""",
        STANDS_STILL,
    ),
    "a loop that asks whether it is done": (
        f"""{HEAD}    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        asked = pool.submit({QUERY})
        while not asked.done():
            pass
        status = asked.result()
{GIVEN}""",
        STANDS_STILL,
    ),
    "a coroutine given to the loop that waits for it": (
        f"""{HEAD}    import asyncio

    query = UserStatus.objects.filter(user_id=user_id).afirst()
    status = asyncio.run_coroutine_threadsafe(query, asyncio.get_running_loop()).result()
{GIVEN}""",
        STANDS_STILL,
    ),
    "sleep on the loop": (
        f"""{HEAD}    import time

    time.sleep(1)
    status = await UserStatus.objects.filter(user_id=user_id).afirst()
{GIVEN}""",
        STANDS_STILL,
    ),
    "the guard off": (
        f"""{HEAD}    import os

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    status = {QUERY}()
{GIVEN}""",
        "on the event loop thread",
    ),
    "what was seen before": (
        f"""{HEAD}    return {{"is_online": user_id in get_user_presence.__dict__, "last_seen": None}}
""",
        "should be",
    ),
    "the first answer kept": (
        f"""KNOWN: dict[int, dict[str, Any]] = {{}}


{HEAD}    if user_id not in KNOWN:
        status = await UserStatus.objects.filter(user_id=user_id).afirst()
        KNOWN[user_id] = (status or UserStatus()).presence
    return KNOWN[user_id]
""",
        "should be",
    ),
    "the status of anybody": (
        f"""{HEAD}    status = await UserStatus.objects.filter(is_online=True).exclude(user__username="ana").afirst()
{GIVEN}""",
        "Not yet: ",
    ),
}


class TestPresence(Answers):
    bug, number = "02_online_status", 1
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("get_user_presence"))
