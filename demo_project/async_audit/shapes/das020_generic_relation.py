"""DAS020: a generic relation or a content type is looked up on the event loop."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS020",
    name="generic-relation",
    title="A generic relation or a content type is looked up on the event loop",
    why=(
        "GenericForeignKey and ContentType.objects.get_for_model() read the table of content types, and the "
        "former its object too."
    ),
    fix=(
        "Load the object with prefetch_related, or read the attribute in a plain function under sync_to_async. "
        "get_for_model has no twin."
    ),
    trap=(
        "Content types are cached for the process. The first request fails, the next ones work, and the order of "
        "tests decides."
    ),
    example_broken="""
async def subject_of(pk):
    comment = await Comment.objects.aget(pk=pk)
    return comment.target.title
""",
    example_fixed="""
async def subject_of(pk):
    comment = await Comment.objects.prefetch_related("target").aget(pk=pk)
    return comment.target.title
""",
    lesson="06_attributes_that_query",
)
