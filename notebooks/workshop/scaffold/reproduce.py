"""The shortest real use of LinkUp that shows the bug; the lesson has the same functions in its cells."""

import json

import websockets


async def open_chat(site):
    """Open Ana's chat with Ben; return the type of the first frame, or how the server closed the socket."""
    async with websockets.connect(site.ws("/ws/chat/ben/"), additional_headers=site.login("ana")) as chat:
        first = json.loads(await chat.recv())
        if first["type"] != "error":
            return first["type"]
        await chat.wait_closed()
        return f"error: {first['code']}, closed with code {chat.close_code}"


async def reproduce(site):
    """Use LinkUp in the way that shows the bug."""
    return await open_chat(site)


async def control(site):
    """Do the same work where no event loop is running."""
    return await site.run("control.py")


async def exercise_1(site):
    """Use LinkUp in the way that shows the exercise."""
    return await open_chat(site)
