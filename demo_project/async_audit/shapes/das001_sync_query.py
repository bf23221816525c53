"""DAS001: a query method is called on the event loop."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS001",
    name="sync-query",
    title="A query method is called on the event loop",
    why=(
        "Django refuses each database call in a thread that runs an event loop, because the call would block "
        "every other coroutine there and could share a connection with them. `async def` moves nothing to another"
        " thread."
    ),
    fix=(
        "One call by itself: await its async twin (aget, acreate, asave, …). Several in one function, or one without "
        "a twin: put them into one plain function and await sync_to_async of it (in Channels, "
        "database_sync_to_async). Then they are one hop, and a transaction can hold them together."
    ),
    trap="Some calls send no SQL: `.none()`, `pk__in=[]`, `bulk_create([])`. Tests with empty data stay green.",
    example_broken="""
async def author_name(pk):
    author = Author.objects.get(pk=pk)
    return author.name
""",
    example_fixed="""
async def author_name(pk):
    author = await Author.objects.aget(pk=pk)
    return author.name
""",
    lesson="02_online_status",
)
