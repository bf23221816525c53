"""DAS021: DJANGO_ALLOW_ASYNC_UNSAFE switches Django's guard off."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS021",
    name="guard-off",
    title="DJANGO_ALLOW_ASYNC_UNSAFE switches Django's guard off",
    why=(
        "The variable removes the error and keeps its reasons: queries block the loop, and coroutines may share "
        "one connection and its transaction."
    ),
    fix="Take it out, and repair the lines that Django then names.",
    trap=(
        'Any text that is not empty counts, "false" and "0" too. Quick tests look fine; under load, rows are '
        "rolled back that others were told are stored."
    ),
    example_broken="""
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


async def authors():
    return Author.objects.count()
""",
    example_fixed="""
async def authors():
    return await Author.objects.acount()
""",
    lesson="02_online_status",
)
