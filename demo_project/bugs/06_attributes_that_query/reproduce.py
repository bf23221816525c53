"""Real downloads that show the bug, and what wrong repairs cost; the lesson has the same functions."""

import contextlib
import json
import re
import sqlite3

from workshop.client import add_messages, fetch, hear, open_chat, start_over, words


async def download(site, user):
    """Download a user's messages; return the status and who wrote to whom, as far as it comes."""
    answer = await fetch(site, "/download/", user)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    who = ", ".join(f"{line['sender']} to {line['recipient']}" for line in lines)
    return f"{user}: {answer.status or 'no answer'}, {len(lines)} messages {who}".strip()


async def two_downloads(site):
    """Let Chloe, who has no messages, and then Ana, who has three, download them; return what each gets."""
    return "\n".join([await download(site, user) for user in ("chloe", "ana")])


async def count_queries(site):
    """Let Ana download three messages, and then thirteen; return what each download asks of the database."""
    counts = []
    for more in (0, 10):
        start_over(site)
        add_messages(site, more)
        before = site.position()
        await download(site, "ana")
        own = [event for event in site.since(before) if "_lines" in event.get("functions", [])]
        queries, hops = (sum(event["event"] == kind for event in own) for kind in ("call", "hop"))
        counts.append(f"{3 + more} messages; queries: {queries}, hops: {hops}")
    return "\n".join(counts)


async def reproduce(site):
    """Download messages."""
    return await two_downloads(site)


async def control(site):
    """Do the same work where no event loop is running."""
    return await site.run("control.py")


async def listed(site, path):
    """Fetch a page with the list of Ana's inbox; return its status, and how it lists whom."""
    answer = await fetch(site, path, "ana")
    if answer.status != 200:
        return str(answer.status or "no answer")
    lines = []
    for entry in answer.text.split("<li>")[1:]:
        name = re.search(r'href="/chat/(\w+)/"', entry)[1]
        presence = "online" if "presence online" in entry else "was here" if "presence offline" in entry else "unknown"
        unread = re.search(r'class="unread">(\d+)', entry)
        lines.append(f"{name}: {presence}, {unread[1] if unread else 0} unread")
    return "\n".join(lines)


async def refresh(site):
    """Let the list of Ana's inbox refresh itself; return what it is, and how often the view asks for it."""
    before = site.position()
    seen = await listed(site, "/people/")
    return seen, sum(event["event"] == "call" and "people" in event["functions"] for event in site.since(before))


async def exercise_1(site):
    """Open Ana's inbox, let its list refresh itself, and do both again when ten people more are there."""
    start_over(site)
    inbox, (people, few) = await listed(site, "/"), await refresh(site)
    if people == inbox:
        right = (await site.run("newcomers.py")).strip()
        for page in (await listed(site, "/"), await listed(site, "/people/")):
            assert page == right, (
                "no error, but ten people have come to LinkUp, and Ana's inbox does not list them as they are: "
                "somebody is missing, in the wrong place, or wrongly said to be online or away."
            )
        _seen, many = await refresh(site)
        assert many == few, (
            f"no error, but each time the inbox refreshes itself, it asks the database {few} times for two people and "
            f"{many} times for twelve. Everybody's inbox does that, every few seconds."
        )
    return f"the inbox: {inbox}; its list: {people}".replace("\n", ", ")


async def enter(site, peer):
    """Open Ana's chat with somebody; return whose presence she is told, or how the chat ends."""
    async with open_chat(site, "ana", peer) as chat:
        frames = await hear(chat, "presence")
        if frames and frames[-1]["type"] == "presence":
            return f"presence of {frames[-1]['username']}"
        return f"{words(frames)}, closed with code {chat.close_code}".removeprefix(", ")


async def exercise_2(site):
    """Open Ana's chats with Ben, with nobody, with somebody new, and with them again once their account is closed."""
    told = await enter(site, "ben")
    if told != "presence of ben":
        return told
    nobody = await enter(site, "nobody")
    newcomer = (await site.run("newcomers.py")).partition(":")[0]
    new = await enter(site, newcomer)
    assert new == f"presence of {newcomer}", (
        "no error, but somebody has come to LinkUp, and Ana's chat with them tells of somebody else, or does not open."
    )
    with contextlib.closing(sqlite3.connect(site.database)) as database, database:
        database.execute("UPDATE auth_user SET is_active = 0 WHERE username = ?", (newcomer,))
    gone = await enter(site, newcomer)
    later = [event for event in site.events("call") if {"send_presence", "chat_typing"} & set(event["functions"])]
    assert not later, (
        f"no error, but the chat asks the database {len(later)} times more for what find_user could have brought along."
    )
    return f"with ben: {told}; with nobody: {nobody}; with a closed account: {gone}"
