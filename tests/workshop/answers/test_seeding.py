"""Answers to exercise 2 of lesson 10: a command that starts a loop, and asks the database inside."""

from textwrap import indent

from exercises import Answers

HANDLE = """    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("only with LINKUP_DEBUG=1")
        password = options["password"] or secrets.token_urlsafe(9)
        {run}
        self.stdout.write(f"Users: {{', '.join(PEOPLE)}}. Password of each: {{password}}")

"""
ATOMIC = "    @transaction.atomic\n"
PLAIN = """    def write(self, password: str) -> None:
        users = {}
        for name in PEOPLE:
            users[name], _created = get_user_model().objects.get_or_create(username=name)
            users[name].set_password(password)
            users[name].save()
            UserStatus.objects.get_or_create(user=users[name])
        for sender, recipient, content in CONVERSATION:
            client_id = uuid5(NAMESPACE_URL, f"linkup:{sender}:{recipient}:{content}")
            create_message(users[sender].pk, users[recipient].pk, content, client_id)
"""
AWAITED = """    async def write(self, password: str) -> None:
        from asgiref.sync import sync_to_async

        users = {}
        for name in PEOPLE:
            users[name], _created = await get_user_model().objects.aget_or_create(username=name)
            users[name].set_password(password)
            await users[name].asave()
            await UserStatus.objects.aget_or_create(user=users[name])
        for sender, recipient, content in CONVERSATION:
            client_id = uuid5(NAMESPACE_URL, f"linkup:{sender}:{recipient}:{content}")
            await sync_to_async(create_message)(users[sender].pk, users[recipient].pk, content, client_id)
"""
IN_A_HOP = """    async def main(self, password: str) -> None:
        from asgiref.sync import sync_to_async

        await sync_to_async(self.write)(password)

"""
IN_A_BLOCK = AWAITED.partition("        users = {}")[0] + indent(
    AWAITED.partition("import sync_to_async\n\n")[2], "    "
).replace(
    "            users = {}",
    "        from messaging.transactions import aatomic\n\n        async with aatomic():\n            users = {}",
)
HALF = "half of what it writes is stored"


def handle(run: str) -> str:
    """Return the function that runs the other one."""
    return HANDLE.format(run=run)


RUN = handle("asyncio.run(self.write(password))")
TO_SYNC = handle("from asgiref.sync import async_to_sync\n\n        async_to_sync(self.write)(password)")

RIGHT = {
    "plain code": ATOMIC + handle("self.write(password)") + PLAIN,
    "async_to_sync": ATOMIC + TO_SYNC + AWAITED,
    "one function in a hop": handle("asyncio.run(self.main(password))") + IN_A_HOP + ATOMIC + PLAIN,
    "an async transaction": RUN + IN_A_BLOCK,
}
WRONG = {
    "each query awaited": (RUN + AWAITED, HALF),
    "each query awaited, in another's transaction": (ATOMIC + RUN + AWAITED, "database is locked"),
    "atomic above an async def": (RUN + ATOMIC + AWAITED, HALF),
    "a thread for each": (
        RUN
        + AWAITED.replace("sync_to_async(create_message)(", "asyncio.to_thread(create_message, ").replace(
            "        from asgiref.sync import sync_to_async\n\n", ""
        ),
        HALF,
    ),
    "the guard off": (
        RUN
        + PLAIN.replace("def write", "async def write").replace(
            "        users = {}\n",
            '        import os\n\n        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"\n        users = {}\n',
        ),
        "switched Django's guard off",
    ),
    "never awaited": (ATOMIC + handle("self.write(password)") + AWAITED, "messages: 0"),
    "the error swallowed": (
        ATOMIC
        + handle("self.write(password)")
        + PLAIN.replace(
            "            create_message(users[sender].pk, users[recipient].pk, content, client_id)\n",
            """            try:
                create_message(users[sender].pk, users[recipient].pk, content, client_id)
            except Exception:
                pass
""",
        ),
        "nobody is told",
    ),
}


class TestSeeding(Answers):
    bug, number = "10_no_async_in_my_code", 2
    right, wrong = RIGHT, WRONG
    put = staticmethod(lambda text, answer: text.partition("    @transaction.atomic\n")[0] + answer)
