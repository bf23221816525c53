"""DAS003: a relation that was not loaded is followed."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS003",
    name="lazy-relation",
    title="A relation that was not loaded is followed",
    why=(
        "A foreign key or one-to-one attribute looks like data, and its first access is a query. aget() and "
        "`async for` load the row alone, without its relations."
    ),
    fix=(
        "Load it with the row: select_related(…). Where the key is enough, use the attribute that ends in _id. Or"
        " read the attribute in a plain function under sync_to_async."
    ),
    trap=(
        "The error depends on data: an empty foreign key answers None without a query, and an object made with "
        "author=… has the relation loaded."
    ),
    example_broken="""
async def author_of(pk):
    book = await Book.objects.aget(pk=pk)
    return book.author.name
""",
    example_fixed="""
async def author_of(pk):
    book = await Book.objects.select_related("author").aget(pk=pk)
    return book.author.name
""",
    lesson="06_attributes_that_query",
)
