"""DAS010: a synchronous access mixin stands before async handlers."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS010",
    name="sync-mixin",
    title="A synchronous access mixin stands before async handlers",
    why=(
        "LoginRequiredMixin and its relatives read request.user in a plain dispatch(), on the event loop, before "
        "the async handler runs."
    ),
    fix=(
        "Decorate an async function view with @login_required, which is aware of async views. In a class, ask "
        "await request.auser() in the handler. Or keep the view synchronous."
    ),
    trap=(
        "An anonymous visitor gets another error, a TypeError about await. A test_func that is `async def` lets "
        "everybody in, as a coroutine is true."
    ),
    example_broken="""
class Inbox(LoginRequiredMixin, View):
    async def get(self, request):
        return HttpResponse(await Message.objects.acount())
""",
    example_fixed="""
@login_required
async def inbox(request):
    return HttpResponse(await Message.objects.acount())
""",
    lesson="07_requests_and_pages",
)
