"""DAS004: a field that only() or defer() left out is read."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS004",
    name="deferred-field",
    title="A field that only() or defer() left out is read",
    why="A field that was not loaded is fetched when it is first read, by a query of its own.",
    fix=(
        "Name the field in only(), or take it out of defer(). For an object at hand: await "
        "obj.arefresh_from_db(fields=[…])."
    ),
    trap='only("title") leaves out the foreign keys too, so even author_id is a query.',
    example_broken="""
async def summary_of(pk):
    book = await Book.objects.only("title").aget(pk=pk)
    return book.summary
""",
    example_fixed="""
async def summary_of(pk):
    book = await Book.objects.only("title", "summary").aget(pk=pk)
    return book.summary
""",
    lesson="06_attributes_that_query",
)
