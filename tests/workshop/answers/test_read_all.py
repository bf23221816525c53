"""Answers to exercise 1 of lesson 07: read_all has @login_required, and asks for request.user."""

from exercises import Answers, in_place_of

SIGNATURE = "def read_all(request: HttpRequest) -> HttpResponse:\n"
HEAD = f"@require_POST\n@login_required\nasync {SIGNATURE}"
PLAIN = f"@require_POST\nasync {SIGNATURE}"
READ = "    read = await mark_all_read_async(user.pk)\n"
TOLD = """    for sender_id, up_to_id in read.items():
        event = {
            "type": "chat.status",
            "recipient_id": user.pk,
            "up_to_id": up_to_id,
            "status": Message.Status.READ,
        }
        await get_channel_layer().group_send(conversation_room(user.pk, sender_id), event)
    return redirect("inbox")
"""
TOLD_FROM_A_THREAD = TOLD.replace(
    "await get_channel_layer().group_send(", "async_to_sync(get_channel_layer().group_send)("
)
STANDS_STILL = "nobody else is served"
LEFT_OPEN = "leaves a database connection open"

RIGHT = {
    "the twin": f"{HEAD}    user = await request.auser()\n{READ}{TOLD}",
    "asked by itself": f"""{PLAIN}    user = await request.auser()
    if not user.is_authenticated:
        return redirect("login")
{READ}{TOLD}""",
    "the request's user from now on": f"""{HEAD}    request.user = await request.auser()
    user = request.user
{READ}{TOLD}""",
    "the key, asked in a thread": f"""{HEAD}    user_id = await database_sync_to_async(lambda: request.user.pk)()
{READ}{TOLD}""".replace("user.pk)", "user_id)")
    .replace("user.pk,", "user_id,")
    .replace("request.user_id", "request.user.pk"),
    "a plain view": f"""@require_POST
@login_required
{SIGNATURE}    from asgiref.sync import async_to_sync

    from messaging.message_persistence_manager import mark_all_read

    user = request.user
    read = mark_all_read(user.pk)
{TOLD_FROM_A_THREAD}""",
}
WRONG = {
    "still lazy": (
        f"{HEAD}    user = await database_sync_to_async(lambda: request.user)()\n{READ}{TOLD}",
        "SynchronousOnlyOperation",
    ),
    "not awaited": (f"{HEAD}    user = request.auser()\n{READ}{TOLD}", "AttributeError"),
    "awaited, and lazy": (f"{HEAD}    user = await request.user\n{READ}{TOLD}", "TypeError"),
    "the guard off": (
        f"""{HEAD}    import os

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    user = request.user
{READ}{TOLD}""",
        "on the event loop thread",
    ),
    "result() on the loop": (
        f"""{HEAD}    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        pool.submit(lambda: request.user.pk).result()
    user = request.user
{READ}{TOLD}""",
        STANDS_STILL,
    ),
    "to_thread": (
        f"""{HEAD}    import asyncio

    user_id = await asyncio.to_thread(lambda: request.user.pk)
    user = await request.auser()
{READ}{TOLD}""",
        LEFT_OPEN,
    ),
    "the error swallowed": (
        f"""{HEAD}    from django.core.exceptions import SynchronousOnlyOperation

    user = request.user
    try:
        read = await mark_all_read_async(user.pk)
    except SynchronousOnlyOperation:
        return redirect("inbox")
{TOLD}""",
        "on the event loop thread",
    ),
    "started and forgotten": (
        f"""{HEAD}    import asyncio

    user = await request.auser()
    asyncio.create_task(mark_all_read_async(user.pk))
    return redirect("inbox")
""",
        "goes on before its work in the database is done",
    ),
    "nobody is told": (
        f"""{HEAD}    user = await request.auser()
    await mark_all_read_async(user.pk)
    return redirect("inbox")
""",
        "Not yet: ",
    ),
    "whoever is named": (
        f"""@require_POST
async {SIGNATURE}    from django.contrib.auth.models import User

    user = await User.objects.aget(username=request.POST.get("user", "ana"))
{READ}{TOLD}""",
        "Not yet: ",
    ),
    "what everybody has got": (
        f"""{HEAD}    user = await request.auser()
{READ}    await Message.objects.aupdate(status=Message.Status.READ)
{TOLD}""",
        "Ben has not read yet",
    ),
    "a query for each message": (
        f"""{HEAD}    user = await request.auser()
    read = {{}}
    async for message in Message.objects.filter(recipient_id=user.pk).exclude(status="read").order_by("pk"):
        message.status = "read"
        await message.asave()
        read[message.sender_id] = message.pk
{TOLD}""",
        "asks the database",
    ),
}


class TestReadAll(Answers):
    bug, number = "07_requests_and_pages", 1
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("read_all"))
