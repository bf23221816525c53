"""DAS018: a loop is entered from inside the loop."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS018",
    name="async-to-sync",
    title="A loop is entered from inside the loop",
    why=(
        "async_to_sync() and asyncio.run() start or wait for a loop, and a thread that runs one refuses both with"
        " a RuntimeError."
    ),
    fix=("Await the coroutine. A plain function in between either becomes async, or is called through sync_to_async."),
    trap="nest_asyncio lets asyncio.run() through and helps neither async_to_sync() nor the database.",
    example_broken="""
async def announce(layer, text):
    async_to_sync(layer.group_send)("news", {"type": "news", "text": text})
""",
    example_fixed="""
async def announce(layer, text):
    await layer.group_send("news", {"type": "news", "text": text})
""",
    lesson="00_start_here",
)
