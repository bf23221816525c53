"""DAS019: a plain function that a framework runs on the event loop asks the database."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS019",
    name="sync-resolver",
    title="A plain function that a framework runs on the event loop asks the database",
    why=(
        "No `async` stands near the query. The framework calls the function from its loop: a GraphQL resolver "
        "under an async view, a callback of call_soon or add_done_callback."
    ),
    fix=(
        "Make the resolver async and await its query, or let sync_to_async wrap it. From a callback, start a task"
        " that awaits the work."
    ),
    trap="The same resolver works under a synchronous view, and in a test that calls it directly.",
    example_broken="""
@strawberry.type
class Query:
    @strawberry.field
    def books(self) -> list[BookType]:
        return list(Book.objects.all())
""",
    example_fixed="""
@strawberry.type
class Query:
    @strawberry.field
    async def books(self) -> list[BookType]:
        return [book async for book in Book.objects.all()]
""",
    lesson="08_channels_own_traps",
)
