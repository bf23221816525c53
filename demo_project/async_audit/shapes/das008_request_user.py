"""DAS008: the request's user or session is loaded on the event loop."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS008",
    name="request-user",
    title="The request's user or session is loaded on the event loop",
    why=(
        "request.user is lazy: its first use reads the session and the user's row. request.session reads its "
        "store in the same way."
    ),
    fix="Use user = await request.auser(), and the session's twins: await request.session.aget(…), aset(…).",
    trap=(
        "For anonymous visitors there may be no query. sync_to_async(lambda: request.user)() hands out the lazy "
        "object, still unloaded."
    ),
    example_broken="""
async def whoami(request):
    return HttpResponse(request.user.get_username())
""",
    example_fixed="""
async def whoami(request):
    user = await request.auser()
    return HttpResponse(user.get_username())
""",
    lesson="07_requests_and_pages",
)
