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
        "Await the async twin (aget, acreate, asave, …). With several statements, or where there is no twin, put "
        "them into one plain function and await sync_to_async of it."
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
