"""Answers to exercise 1 of lesson 08: ChatConsumer.leave on the event loop."""

from textwrap import indent

from exercises import Answers, in_place_of

LEFT_OPEN = "leaves a database connection open"
STANDS_STILL = "nobody else is served"


def leave(work: str) -> str:
    """Return the method with other work in its middle."""
    return f'''    async def leave(self) -> None:
        """Leave the conversation, count this socket out, and tell the other side."""
        if not self.is_member:
            return
        self.allowance.sockets -= 1
        heart().discard(self)
        try:
            with contextlib.suppress(IntegrityError):  # the account was deleted while its chat was open
{indent(work, " " * 16)}
        finally:
            for room in self.rooms:
                await self.channel_layer.group_discard(room, self.channel_name)
            await self.announce_presence()
'''


OWN = """def count_out() -> None:
    from django.db import transaction

    with transaction.atomic():
        status = UserStatus.objects.select_for_update().get(user_id=self.user.pk)
        status.connections.filter(pk=self.connection_id).delete()
        status.is_online = status.connections.exists()
        status.last_seen = timezone.now()
        status.save()

"""
GIVEN = "set_user_online_status(self.user.pk, self.connection_id, False)"
DATABASE = "from channels.db import database_sync_to_async\n\n"

RIGHT = {
    "what join calls": leave(f"await {GIVEN}"),
    "a function of one's own": leave(f"{DATABASE}{OWN}await database_sync_to_async(count_out)()"),
    "sync_to_async": leave(f"from asgiref.sync import sync_to_async\n\n{OWN}await sync_to_async(count_out)()"),
    "awaited in a transaction": leave("""from messaging.transactions import aatomic

async with aatomic():
    status = await UserStatus.objects.select_for_update().aget(user_id=self.user.pk)
    await status.connections.filter(pk=self.connection_id).adelete()
    status.is_online = await status.connections.aexists()
    status.last_seen = timezone.now()
    await status.asave()"""),
    "a thread that closes its connection": leave(f"""from django.db import connections

{OWN}def count_out_and_close() -> None:
    try:
        count_out()
    finally:
        connections.close_all()

await asyncio.to_thread(count_out_and_close)"""),
}
WRONG = {
    "to_thread": (leave(f"{OWN}await asyncio.to_thread(count_out)"), LEFT_OPEN),
    "result() on the loop": (
        leave(f"""from concurrent.futures import ThreadPoolExecutor

{OWN}with ThreadPoolExecutor() as pool:
    pool.submit(count_out).result()"""),
        STANDS_STILL,
    ),
    "started and forgotten": (leave(f"asyncio.create_task({GIVEN})"), "Not yet: "),
    "awaited for a moment": (
        leave(f"await asyncio.wait([asyncio.create_task({GIVEN})], timeout=0.1)"),
        "before it is stored that she has left",
    ),
    "started in a thread and forgotten": (
        leave(f"""from django.db import connections

{OWN}def count_out_and_close() -> None:
    try:
        count_out()
    finally:
        connections.close_all()

asyncio.get_running_loop().run_in_executor(None, count_out_and_close)"""),
        "Not yet: ",
    ),
    "never awaited": (leave(GIVEN), "should be"),
    "swallowed": (
        leave("with contextlib.suppress(Exception):\n    UserStatus.objects.filter(pk=self.user.pk).update()"),
        "should be",
    ),
    "a transaction on the loop": (leave(f"{OWN}count_out()"), "SynchronousOnlyOperation"),
    "all of her sockets": (
        leave(f"""{DATABASE}{OWN.replace(".filter(pk=self.connection_id)", ".all()")}
await database_sync_to_async(count_out)()"""),
        "should be",
    ),
    "offline, whatever is open": (
        leave(f"""{DATABASE}{OWN.replace("status.connections.exists()", "False")}
await database_sync_to_async(count_out)()"""),
        "should be",
    ),
    "no time": (
        leave(f"""{DATABASE}{OWN.replace("    status.last_seen = timezone.now()", "    pass")}
await database_sync_to_async(count_out)()"""),
        "last here in 2020",
    ),
    "the guard off": (
        leave(f"""import os

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
{OWN}count_out()"""),
        "on the event loop thread",
    ),
}


class TestLeaving(Answers):
    bug, number = "08_channels_own_traps", 1
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("leave"))
