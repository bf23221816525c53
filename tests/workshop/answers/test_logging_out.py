"""Answers to exercise 2 of lesson 08: close_sockets, whose event nobody hears."""

from exercises import Answers, in_place_of

HEAD = 'def close_sockets(session_key: str) -> None:\n    """Make every socket of a session close with 4401."""\n'
BRIDGE = "    from asgiref.sync import async_to_sync, sync_to_async\n\n"
GIVEN = '(session_room(session_key), {"type": "chat.logout"})'
SEND = f"get_channel_layer().group_send{GIVEN}"

RIGHT = {
    "handed over by name": f"{HEAD}{BRIDGE}    async_to_sync(get_channel_layer().group_send){GIVEN}\n",
    "decorated": f"from asgiref.sync import async_to_sync\n\n\n@async_to_sync\nasync {HEAD}    await {SEND}\n",
    "a function inside": f"""{HEAD}{BRIDGE}    async def tell() -> None:
        await {SEND}

    async_to_sync(tell)()
""",
    "two events": f"""{HEAD}{BRIDGE}    send = async_to_sync(get_channel_layer().group_send)
    for _n in range(2):
        send{GIVEN}
""",
}
WRONG = {
    "a coroutine function that nobody awaits": (f"async {HEAD}    await {SEND}\n", "should be"),
    "called, not passed": (f"{HEAD}{BRIDGE}    async_to_sync({SEND})\n", "Not yet: "),
    "the wrong way round": (f"{HEAD}{BRIDGE}    sync_to_async(get_channel_layer().group_send){GIVEN}\n", "TypeError"),
    "a task without a loop": (
        f"{HEAD}    import asyncio\n\n    asyncio.create_task({SEND})\n",
        "no running event loop",
    ),
    "nothing": (f"{HEAD}    return None\n", "should be"),
    "a room that Ben is in as well": (
        f"""{HEAD}{BRIDGE}    from messaging.rooms import conversation_room

    async_to_sync(get_channel_layer().group_send)(conversation_room(1, 2), {{"type": "chat.logout"}})
""",
        "should be",
    ),
    "everybody who watches": (
        f"""{HEAD}{BRIDGE}    from messaging.rooms import presence_room

    send = async_to_sync(get_channel_layer().group_send)
    for user_id in (1, 2, 3):
        send(presence_room(user_id), {{"type": "chat.logout"}})
""",
        "should be",
    ),
    "another event": (
        f"""{HEAD}{BRIDGE}    async_to_sync(get_channel_layer().group_send)(
        session_room(session_key), {{"type": "chat.presence"}}
    )
""",
        "should be",
    ),
}


class TestLoggingOut(Answers):
    bug, number = "08_channels_own_traps", 2
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("close_sockets"))
