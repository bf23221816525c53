"""DAS002: a lazy queryset is evaluated on the event loop."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS002",
    name="queryset-evaluated",
    title="A lazy queryset is evaluated on the event loop",
    why=(
        "filter(), order_by() and a slice only word the question. It is asked by what needs the rows: for, list, "
        "len, bool, in, an index, unpacking, an f-string."
    ),
    fix=(
        "Use `async for`, an async comprehension, or a twin such as acount and aexists. Or await "
        "sync_to_async(list)(queryset)."
    ),
    trap=(
        "After `async for` the same queryset object holds its rows, so len() of it works. A filter() of it is a "
        "new question."
    ),
    example_broken="""
async def titles():
    return [book.title for book in Book.objects.order_by("title")]
""",
    example_fixed="""
async def titles():
    return [book.title async for book in Book.objects.order_by("title")]
""",
    lesson="03_persistence_manager",
)
