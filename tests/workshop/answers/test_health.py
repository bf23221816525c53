"""Answers to exercise 1 of lesson 05: _database_answers uses a connection on the event loop."""

from exercises import Answers, in_place_of

SIGNATURE = "def _database_answers() -> bool:\n"
HEAD = f"async {SIGNATURE}"
LEFT_OPEN = "leaves a database connection open"
STANDS_STILL = "nobody else is served"
TOO_EARLY = "goes on before its work in the database is done"
SAYS_YES = "the database cannot be opened, and LinkUp says that it answers"
BODY = """    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True
"""
ASK = f"{HEAD}    def ask():\n" + "".join(f"    {line}\n" for line in BODY.splitlines()) + "\n"
CLOSES = f"""{HEAD}    from django.db import connections

    def ask():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Error:
            return False
        finally:
            connections.close_all()
        return True

"""

RIGHT = {
    "the whole function moved": f"@database_sync_to_async\n{SIGNATURE}{BODY}",
    "sync_to_async": f"from asgiref.sync import sync_to_async\n\n\n@sync_to_async\n{SIGNATURE}{BODY}",
    "a function in it": f"{ASK}    return await database_sync_to_async(ask)()\n",
    "the query moved, the decision not": f"""{HEAD}    def ask():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    try:
        await database_sync_to_async(ask)()
    except Error:
        return False
    return True
""",
    "a twin": f"""{HEAD}    try:
        await Message.objects.aexists()
    except Error:
        return False
    return True
""",
    "a thread that closes its connection": f"{CLOSES}    return await asyncio.to_thread(ask)\n",
    "a pool whose thread closes its connection": f"""{CLOSES}    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(1)
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, ask)
    finally:
        pool.shutdown(wait=False)
""",
}
WRONG = {
    "to_thread": (f"{ASK}    return await asyncio.to_thread(ask)\n", LEFT_OPEN),
    "thread_sensitive=False": (
        f"{ASK}    return await database_sync_to_async(ask, thread_sensitive=False)()\n",
        LEFT_OPEN,
    ),
    "closed on the loop": (
        f"""{ASK}    from django.db import connections

    answers = await asyncio.to_thread(ask)
    connections.close_all()
    return answers
""",
        LEFT_OPEN,
    ),
    "result() on the loop": (
        f"""{ASK}    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        return pool.submit(ask).result()
""",
        STANDS_STILL,
    ),
    "join() on the loop": (
        f"""{ASK}    from threading import Thread

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    return True
""",
        STANDS_STILL,
    ),
    "a moment of patience first": (
        f"{ASK}    import time\n\n    time.sleep(0.05)\n    return await database_sync_to_async(ask)()\n",
        STANDS_STILL,
    ),
    "the guard off": (
        f'{HEAD}    import os\n\n    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"\n{BODY}',
        "on the event loop thread",
    ),
    "only the cursor moved": (
        f"""{HEAD}    try:
        cursor = await database_sync_to_async(connection.cursor)()
        cursor.execute("SELECT 1")
    except Error:
        return False
    return True
""",
        "Not yet: ",
    ),
    "every error is an answer": (
        f"{HEAD}{BODY.replace('except Error', 'except Exception')}",
        "on the event loop thread",
    ),
    "started and forgotten": (
        f"{ASK}    asyncio.create_task(database_sync_to_async(ask)())\n    return True\n",
        TOO_EARLY,
    ),
    "nobody is asked": (f"{HEAD}    return True\n", SAYS_YES),
}


class TestHealth(Answers):
    bug, number = "05_where_the_work_runs", 1
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("_database_answers"))
