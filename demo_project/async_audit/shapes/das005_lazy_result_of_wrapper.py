"""DAS005: a wrapped function hands out a lazy result."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS005",
    name="lazy-result-of-wrapper",
    title="A wrapped function hands out a lazy result",
    why=(
        "The worker thread built a queryset, or made a generator, and handed it back unasked. The question is "
        "asked by whoever takes the rows, and that is on the event loop."
    ),
    fix=(
        "Evaluate inside the wrapped function: return list(queryset), or better the plain data that the caller needs."
    ),
    trap="The wrapper is there, so it gets the blame. What matters is where the rows are read.",
    example_broken="""
@sync_to_async
def newest():
    return Book.objects.order_by("-pk")[:10]


async def titles():
    return [book.title for book in await newest()]
""",
    example_fixed="""
@sync_to_async
def newest():
    return list(Book.objects.order_by("-pk")[:10])


async def titles():
    return [book.title for book in await newest()]
""",
    lesson="03_persistence_manager",
)
