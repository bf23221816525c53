"""Answers to exercise 2 of lesson 07: the lines of the download come from a plain `for`."""

from exercises import Answers, in_place_of

SIGNATURE = "def _lines(user_id: int) -> AsyncIterator[str]:\n"
HEAD = f"async {SIGNATURE}"
OWN = '    own = Message.objects.filter(Q(sender_id=user_id) | Q(recipient_id=user_id)).order_by("pk")\n'
BOTH = '.select_related("sender", "recipient")'
LINE = """        names = {"sender": message.sender.get_username(), "recipient": message.recipient.get_username()}
        yield json.dumps(names | serialize_message(message), ensure_ascii=False) + "\\n"
"""
STANDS_STILL = "nobody else is served"
LEFT_OPEN = "leaves a database connection open"

RIGHT = {
    "aiterator": f"{HEAD}{OWN}    async for message in own{BOTH}.aiterator(chunk_size=500):\n{LINE}",
    "async for": f"{HEAD}{OWN}    async for message in own{BOTH}:\n{LINE}",
    "a list from a thread": f"""{HEAD}{OWN}    for message in await database_sync_to_async(list)(own{BOTH}):
{LINE}""",
    "page by page": f"""{HEAD}{OWN}    after = 0
    while page := [message async for message in own{BOTH}.filter(pk__gt=after)[:500]]:
        after = page[-1].pk
        for message in page:
{LINE.replace("        ", "            ")}""",
    "prefetched": f"""{HEAD}{OWN}    both = own.prefetch_related("sender", "recipient")
    async for message in both.aiterator(chunk_size=500):
{LINE}""",
}
WRONG = {
    "iterator without its twin": (
        f"{HEAD}{OWN}    async for message in own{BOTH}.iterator(chunk_size=500):\n{LINE}",
        "TypeError",
    ),
    "handed out lazily": (
        f"""{HEAD}{OWN}    for message in await database_sync_to_async(lambda: own{BOTH})():
{LINE}""",
        "SynchronousOnlyOperation",
    ),
    "relations not loaded": (
        f"{HEAD}{OWN}    async for message in own.aiterator(chunk_size=500):\n{LINE}",
        "SynchronousOnlyOperation",
    ),
    "a query for each row": (
        f"""{HEAD}{OWN}    async for pk in own.values_list("pk", flat=True):
        message = await Message.objects{BOTH}.aget(pk=pk)
{LINE}""",
        "asks the database",
    ),
    "the guard off": (
        f"""{HEAD}    import os

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
{OWN}    for message in own{BOTH}.iterator(chunk_size=500):
{LINE}""",
        "on the event loop thread",
    ),
    "result() on the loop": (
        f"""{HEAD}    from concurrent.futures import ThreadPoolExecutor

{OWN}    with ThreadPoolExecutor() as pool:
        found = pool.submit(list, own{BOTH}).result()
    for message in found:
{LINE}""",
        STANDS_STILL,
    ),
    "to_thread": (
        f"""{HEAD}    import asyncio

{OWN}    for message in await asyncio.to_thread(list, own{BOTH}):
{LINE}""",
        LEFT_OPEN,
    ),
    "the first ones": (
        f"{HEAD}{OWN}    async for message in own{BOTH}[:3]:\n{LINE}",
        "something is missing",
    ),
    "everybody's": (
        f'{HEAD}    own = Message.objects.order_by("pk")\n    async for message in own{BOTH}:\n{LINE}',
        "not hers",
    ),
    "newest first": (
        f'{HEAD}{OWN}    async for message in own{BOTH}.order_by("-pk"):\n{LINE}',
        "out of order",
    ),
}


class TestDownload(Answers):
    bug, number = "07_requests_and_pages", 2
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("_lines"))
