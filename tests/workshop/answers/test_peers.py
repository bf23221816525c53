"""Answers to exercise 2 of lesson 06: find_user() leaves out what the consumer reads."""

from exercises import Answers, in_place_of

SIGNATURE = "def find_user(username: str) -> AbstractBaseUser | None:\n"
MOVED = f"@database_sync_to_async\n{SIGNATURE}"
HEAD = f"async {SIGNATURE}"
FOUND = "get_user_model().objects.filter(username=username, is_active=True)"
LEFT_OPEN = "leaves a database connection open"
STANDS_STILL = "nobody else is served"
TOO_OFTEN = "asks the database"

RIGHT = {
    "the whole row": f"{MOVED}    return {FOUND}.first()\n",
    "what is read": f'{MOVED}    return {FOUND}.only("username").first()\n',
    "all but the password": f'{MOVED}    return {FOUND}.defer("password").first()\n',
    "the twin": f"{HEAD}    return await {FOUND}.afirst()\n",
    "aget": f"""{HEAD}    users = get_user_model().objects
    try:
        return await users.aget(username=username, is_active=True)
    except get_user_model().DoesNotExist:
        return None
""",
    "made by hand": f"""{MOVED}    pk = {FOUND}.values_list("pk", flat=True).first()
    return pk and get_user_model()(pk=pk, username=username)
""",
}
WRONG = {
    "fetched afterwards": (
        f"""{HEAD}    user = await {FOUND}.only("pk").afirst()
    if user:
        await user.arefresh_from_db(fields=["username"])
    return user
""",
        TOO_OFTEN,
    ),
    "read in the thread": (
        f"""{MOVED}    user = {FOUND}.only("pk").first()
    if user:
        user.get_username()
    return user
""",
        TOO_OFTEN,
    ),
    "another field": (f'{MOVED}    return {FOUND}.only("first_name").first()\n', "SynchronousOnlyOperation"),
    "the sync query on the loop": (f"{HEAD}    return {FOUND}.first()\n", "SynchronousOnlyOperation"),
    "to_thread": (f"{HEAD}    import asyncio\n\n    return await asyncio.to_thread({FOUND}.first)\n", LEFT_OPEN),
    "thread_sensitive=False": (
        f"""{HEAD}    from asgiref.sync import sync_to_async

    return await sync_to_async({FOUND}.first, thread_sensitive=False)()
""",
        LEFT_OPEN,
    ),
    "result() on the loop": (
        f"""{HEAD}    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        return pool.submit({FOUND}.first).result()
""",
        STANDS_STILL,
    ),
    "sleep on the loop": (
        f"{HEAD}    import time\n\n    time.sleep(1)\n    return await {FOUND}.afirst()\n",
        STANDS_STILL,
    ),
    "the guard off": (
        f"""{MOVED}    import os

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {FOUND}.only("pk").first()
""",
        "on the event loop thread",
    ),
    "everybody": (f"{MOVED}    return get_user_model().objects.filter(username=username).first()\n", "should be"),
    "always Ben": (
        f'{MOVED}    return get_user_model().objects.filter(username="ben", is_active=True).first()\n',
        "Not yet: ",
    ),
    "what was found before": (
        f"""KNOWN: dict[str, Any] = {{}}


{HEAD}    if username not in KNOWN:
        KNOWN[username] = await {FOUND}.afirst()
    return KNOWN[username]
""",
        "should be",
    ),
}


class TestPeers(Answers):
    bug, number = "06_attributes_that_query", 2
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("find_user"))
