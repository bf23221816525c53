"""DAS006: the call is made before the wrapper sees it."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS006",
    name="called-not-passed",
    title="The call is made before the wrapper sees it",
    why=(
        "Python evaluates arguments first. The query in the brackets runs on the event loop, and only its result "
        "would reach sync_to_async."
    ),
    fix=(
        "Pass the function and its arguments apart: sync_to_async(function)(argument). For an expression or a "
        "property, pass a lambda."
    ),
    trap="A property has no brackets to leave out: sync_to_async(serializer.data) evaluates it all the same.",
    example_broken="""
async def author_name(pk):
    author = await sync_to_async(Author.objects.get(pk=pk))
    return author.name
""",
    example_fixed="""
async def author_name(pk):
    author = await sync_to_async(Author.objects.get)(pk=pk)
    return author.name
""",
    lesson="00_start_here",
)
