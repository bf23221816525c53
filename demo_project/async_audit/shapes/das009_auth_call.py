"""DAS009: a function of django.contrib.auth is called on the event loop."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS009",
    name="auth-call",
    title="A function of django.contrib.auth is called on the event loop",
    why="Logging in and out, finding a user and asking for permissions read and write tables.",
    fix=(
        "Await the twins: aauthenticate, alogin, alogout, and since Django 5.2 user.ahas_perm. Or one plain "
        "function under sync_to_async."
    ),
    trap="For a superuser has_perm asks no database, so the developer sees no error and everybody else does.",
    example_broken="""
async def log_in(request):
    user = authenticate(request, username=request.POST["name"], password=request.POST["password"])
    if user:
        login(request, user)
    return redirect("home")
""",
    example_fixed="""
async def log_in(request):
    user = await aauthenticate(request, username=request.POST["name"], password=request.POST["password"])
    if user:
        await alogin(request, user)
    return redirect("home")
""",
    lesson="07_requests_and_pages",
)
