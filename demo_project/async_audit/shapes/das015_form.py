"""DAS015: a form, a model's validation or a page asks the database on the event loop."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS015",
    name="form",
    title="A form, a model's validation or a page asks the database on the event loop",
    why=(
        "is_valid() and full_clean() look up unique values and choices, save() writes, a paginator counts. None "
        "of the forms' methods has a twin."
    ),
    fix=(
        "Await sync_to_async(form.is_valid)(), or validate and save in one plain function. Django 6.0 has "
        "AsyncPaginator."
    ),
    trap="An empty value of a model choice asks nothing, so a test with an empty form is green.",
    example_broken="""
async def add(request):
    form = BookForm(request.POST)
    if form.is_valid():
        form.save()
    return redirect("shelf")
""",
    example_fixed="""
async def add(request):
    form = BookForm(request.POST)
    if await sync_to_async(form.is_valid)():
        await sync_to_async(form.save)()
    return redirect("shelf")
""",
    lesson="07_requests_and_pages",
)
