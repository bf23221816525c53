"""DAS014: a template is rendered from a lazy context on the event loop."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS014",
    name="template",
    title="A template is rendered from a lazy context on the event loop",
    why=(
        "render() goes through the context where it is called. A queryset, a relation or the request's user in it"
        " is then read on the event loop."
    ),
    fix=(
        "Evaluate what goes into the context, or await sync_to_async(render)(…). TemplateResponse is rendered by "
        "Django in a thread."
    ),
    trap=(
        "A coroutine in the context: {{ coro }} shows the object itself, {% if coro %} is true, {% for %} over it is a "
        "TypeError, and an attribute of it is empty, without an error."
    ),
    example_broken="""
async def shelf(request):
    return render(request, "shelf.html", {"books": Book.objects.all()})
""",
    example_fixed="""
async def shelf(request):
    books = [book async for book in Book.objects.all()]
    return await sync_to_async(render)(request, "shelf.html", {"books": books})
""",
    lesson="07_requests_and_pages",
)
