"""DAS012: the connection itself is used on the event loop."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS012",
    name="connection",
    title="The connection itself is used on the event loop",
    why=(
        "A cursor, a commit or a close goes to the database directly, and Django guards each of them as it guards"
        " queries."
    ),
    fix="Do it in a plain function under sync_to_async, from the cursor's opening to its close.",
    trap=(
        "close_old_connections() and connections.close_all() on the loop may do nothing and raise nothing: the "
        "open connections are those of worker threads."
    ),
    example_broken="""
async def version():
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        return cursor.fetchone()[0]
""",
    example_fixed="""
@sync_to_async
def version():
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        return cursor.fetchone()[0]
""",
    lesson="05_where_the_work_runs",
)
