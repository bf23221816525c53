"""DAS101: a call that is no query holds up the event loop."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS101",
    name="blocking-call",
    title="A call holds up the event loop",
    why=(
        "While it sleeps, waits for a socket or a file, or computes, nobody else of the process is served. Django "
        "guards its database alone, so nothing is raised; only the half that watches a run sees it."
    ),
    fix=(
        "Await an async one (asyncio.sleep, an async HTTP client, acheck_password); where there is none, hand it to a "
        "thread with sync_to_async."
    ),
    trap=(
        "With one visitor it looks fine. A thread helps against waiting: what computes in Python for long goes to "
        "another process, since threads take turns."
    ),
    example_broken="""
async def remind(socket):
    time.sleep(5)
    await socket.send("still there?")
""",
    example_fixed="""
async def remind(socket):
    await asyncio.sleep(5)
    await socket.send("still there?")
""",
    lesson="05_where_the_work_runs",
)
