"""A connection belongs to its thread, and is handed to another one, or looked at from the loop's."""

from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from shape import costs
from shop.models import Author

CODE = None
CATALOGUE = [25]
RAISES = {"DatabaseError": ["handed_over"]}


def ask(own):
    with own.cursor() as cursor:
        cursor.execute("SELECT name FROM shop_author ORDER BY id")
        return [name for (name,) in cursor.fetchall()]


async def broken_handed_over():
    return await sync_to_async(ask)(connections["default"])


async def fixed_handed_over():
    return await sync_to_async(lambda: ask(connections["default"]))()


async def broken_captured():
    with CaptureQueriesContext(connection) as queries:
        await Author.objects.acount()
    return len(queries)


@costs(gives=0)
async def trap_captured():
    connection.force_debug_cursor = True
    await Author.objects.acount()
    return len(connection.queries)


async def fixed_captured():
    def count():
        with CaptureQueriesContext(connection) as queries:
            Author.objects.count()
        return len(queries)

    return await sync_to_async(count)()
