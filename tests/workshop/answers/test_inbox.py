"""Answers to exercise 1 of lesson 06: conversations() does not bring the status rows that a template reads."""

from exercises import Answers, in_place_of

HEAD = "def conversations(user_id: int) -> QuerySet[AbstractBaseUser]:\n"
PARTS = """    sent = Q(sender_id=user_id, recipient_id=OuterRef("pk"))
    received = Q(sender_id=OuterRef("pk"), recipient_id=user_id)
    last = Message.objects.filter(sent | received).order_by("-pk")
    unread = Message.objects.filter(received).exclude(status=Message.Status.READ).order_by().values("sender_id")
    others = get_user_model().objects.filter(is_active=True).exclude(pk=user_id)
    people = others.annotate(
        last_id=Subquery(last.values("pk")[:1]),
        last_content=Subquery(last.values("content")[:1]),
        last_sender_id=Subquery(last.values("sender_id")[:1]),
        unread=Coalesce(Subquery(unread.values(count=Count("pk")), output_field=IntegerField()), 0),
    )
"""
ORDER = 'F("last_id").desc(nulls_last=True), "username"'
RAISED = "SynchronousOnlyOperation"
LIST = "does not list them as they are"
STANDS_STILL = "nobody else is served"


def answer(*end, before=""):
    """Return the function with these last lines."""
    return f"{HEAD}{before}{PARTS}" + "".join(f"    {line}\n" for line in end)


RIGHT = {
    "with the row, in one query": answer(f'return people.select_related("status").order_by({ORDER})'),
    "for all rows, in a second query": answer(f'return people.prefetch_related("status").order_by({ORDER})'),
    "no more than is read": answer(
        'some = people.select_related("status").only("username", "status__is_online", "status__last_seen")',
        f"return some.order_by({ORDER})",
    ),
    "prefetched with a query of its own": answer(
        "from django.db.models import Prefetch",
        "",
        "from messaging.models import UserStatus",
        "",
        'statuses = Prefetch("status", UserStatus.objects.only("is_online", "last_seen"))',
        f"return people.prefetch_related(statuses).order_by({ORDER})",
    ),
}
WRONG = {
    "every foreign key, and this is none": (answer(f"return people.select_related().order_by({ORDER})"), RAISED),
    "what is read in the next step is left out": (
        answer(
            'some = people.select_related("status").only("username", "status__is_online")',
            f"return some.order_by({ORDER})",
        ),
        RAISED,
    ),
    "asked for before it is handed out": (
        answer(f"people = people.order_by({ORDER})", "[person.status for person in people]", "return people"),
        RAISED,
    ),
    "the other way round": (
        answer(f'return people.prefetch_related("status__user").order_by({ORDER}).reverse()'),
        LIST,
    ),
    "whoever has been here": (
        answer(f'return people.select_related("status").exclude(status=None).order_by({ORDER})'),
        LIST,
    ),
    "no status at all": (
        answer(
            f"people = people.order_by({ORDER})",
            'return people.values("username", "last_content", "last_sender_id", "unread")',
        ),
        LIST,
    ),
    "by name": (answer('return people.select_related("status").order_by("username")'), LIST),
    "the first two": (answer(f'return people.select_related("status").order_by({ORDER})[:2]'), LIST),
    "a query for each, in another thread": (
        answer(
            "from concurrent.futures import ThreadPoolExecutor",
            "",
            "from django.db import connections",
            "",
            "def load(person):",
            "    try:",
            '        getattr(person, "status", None)',
            "    finally:",
            "        connections.close_all()",
            "",
            f"people = people.order_by({ORDER})",
            "with ThreadPoolExecutor(1) as pool:",
            "    pool.submit(lambda: [load(person) for person in people]).result()",
            "return people",
        ),
        STANDS_STILL,
    ),
    "sleep on the loop": (
        answer(
            f'return people.select_related("status").order_by({ORDER})', before="    import time\n\n    time.sleep(1)\n"
        ),
        STANDS_STILL,
    ),
    "the guard off": (
        answer(
            f"return people.order_by({ORDER})",
            before='    import os\n\n    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"\n',
        ),
        "on the event loop thread",
    ),
    "a coroutine for both views": (
        answer(f'return people.select_related("status").order_by({ORDER})').replace("def ", "async def ", 1),
        "Not yet: ",
    ),
}


class TestInbox(Answers):
    bug, number = "06_attributes_that_query", 1
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("conversations"))
