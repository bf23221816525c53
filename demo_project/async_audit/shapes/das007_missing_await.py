"""DAS007: a coroutine is dropped, or used as if it were its result."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS007",
    name="missing-await",
    title="A coroutine is dropped, or used as if it were its result",
    why=(
        "Calling an async function only makes a coroutine. Without await nothing is stored, and as a condition a "
        "coroutine is always true."
    ),
    fix="Put await before the call, in a condition and in an argument too.",
    trap=(
        "The error is gone and nothing else is said, so it looks repaired: `if user.ahas_perm(…):` lets everybody"
        ' in. Turn "was never awaited" warnings into errors in tests.'
    ),
    example_broken="""
async def remember(pk):
    if Book.objects.filter(pk=pk).aexists():
        Visit.objects.acreate(book_id=pk)
""",
    example_fixed="""
async def remember(pk):
    if await Book.objects.filter(pk=pk).aexists():
        await Visit.objects.acreate(book_id=pk)
""",
    lesson="03_persistence_manager",
)
