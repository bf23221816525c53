"""Answers to exercise 2 of lesson 05: find_user waits for a pool on the event loop."""

from exercises import Answers, in_place_of

SIGNATURE = "def find_user(username: str) -> AbstractBaseUser | None:\n"
HEAD = f"async {SIGNATURE}"
USERS = "    users = get_user_model().objects.filter(username=username, is_active=True)\n"
LEFT_OPEN = "leaves a database connection open"
STANDS_STILL = "nobody else is served"
CLOSES = f"""{HEAD}    import asyncio

    from django.db import connections

{USERS}
    def ask():
        try:
            return users.first()
        finally:
            connections.close_all()

"""

RIGHT = {
    "the whole function moved": f"@database_sync_to_async\n{SIGNATURE}{USERS}    return users.first()\n",
    "the twin": f"{HEAD}{USERS}    return await users.afirst()\n",
    "aget": f"""{HEAD}    try:
        return await get_user_model().objects.aget(username=username, is_active=True)
    except get_user_model().DoesNotExist:
        return None
""",
    "the query handed over by name": f"{HEAD}{USERS}    return await database_sync_to_async(users.first)()\n",
    "a thread that closes its connection": f"{CLOSES}    return await asyncio.to_thread(ask)\n",
    "the pool awaited, and its connection closed": f"""{CLOSES}    return await asyncio.wrap_future(POOL.submit(ask))
""",
}
WRONG = {
    "the pool awaited": (
        f"{HEAD}    import asyncio\n\n{USERS}"
        "    return await asyncio.get_running_loop().run_in_executor(POOL, users.first)\n",
        LEFT_OPEN,
    ),
    "to_thread": (f"{HEAD}    import asyncio\n\n{USERS}    return await asyncio.to_thread(users.first)\n", LEFT_OPEN),
    "thread_sensitive=False": (
        f"{HEAD}{USERS}    return await database_sync_to_async(users.first, thread_sensitive=False)()\n",
        LEFT_OPEN,
    ),
    "asked again and again whether it is done": (
        f"""{HEAD}    import asyncio

{USERS}    asked = POOL.submit(users.first)
    while not asked.done():
        await asyncio.sleep(0)
    return asked.result()
""",
        LEFT_OPEN,
    ),
    "a limit for result()": (f"{HEAD}{USERS}    return POOL.submit(users.first).result(timeout=5)\n", STANDS_STILL),
    "sleeping until it is done": (
        f"""{HEAD}    import time

{USERS}    asked = POOL.submit(users.first)
    while not asked.done():
        time.sleep(0.001)
    return asked.result()
""",
        STANDS_STILL,
    ),
    "a thread of its own, joined": (
        f"""{HEAD}    from threading import Thread

{USERS}    found = []
    thread = Thread(target=lambda: found.append(users.first()))
    thread.start()
    thread.join()
    return found[0]
""",
        STANDS_STILL,
    ),
    "no thread": (f"{HEAD}{USERS}    return users.first()\n", "SynchronousOnlyOperation"),
    "inactive users too": (
        f"{HEAD}    return await get_user_model().objects.filter(username=username).afirst()\n",
        "should be",
    ),
    "the first one found, kept": (
        f"""KNOWN = {{}}


{HEAD}{USERS}    return KNOWN.setdefault("user", KNOWN.get("user") or await users.afirst())
""",
        "Not yet: ",
    ),
}


class TestUsers(Answers):
    bug, number = "05_where_the_work_runs", 2
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("find_user"))
