"""DAS016: a serializer of REST framework asks the database on the event loop."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS016",
    name="serializer",
    title="A serializer of REST framework asks the database on the event loop",
    why=".data reads relations and rows, is_valid() checks uniqueness and keys, save() writes.",
    fix=(
        "Keep the view synchronous: under ASGI Django runs it in a thread. Or put the serializer's whole use into"
        " one plain function under sync_to_async."
    ),
    trap="Flat fields and foreign keys shown as ids ask nothing, so the first nested serializer brings the error.",
    example_broken="""
async def shelf(request):
    return JsonResponse(BookSerializer(Book.objects.all(), many=True).data, safe=False)
""",
    example_fixed="""
@sync_to_async
def serialized():
    return BookSerializer(Book.objects.all(), many=True).data


async def shelf(request):
    return JsonResponse(await serialized(), safe=False)
""",
    lesson="07_requests_and_pages",
)
