"""The connection itself is used on the event loop, past the models.

Each thread has its own: `connection.close` has to be looked up in the thread too, hence the lambdas.
"""

import django.db
from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection, connections
from shop.models import Author

CODE = "DAS012"
CATALOGUE = [25]
CONTROL = {"fixed does other work": ["cursor_of_module"]}


def count_tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM sqlite_master")
        return cursor.fetchone()[0]


async def broken_cursor():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


async def fixed_cursor():
    def ask():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    await sync_to_async(ask)()


async def broken_cursor_of_alias():
    cursor = connections["default"].cursor()
    cursor.execute("SELECT 1")


async def fixed_cursor_of_alias():
    def ask():
        cursor = connections["default"].cursor()
        cursor.execute("SELECT 1")

    await sync_to_async(ask)()


async def broken_cursor_of_module():
    return django.db.connection.cursor()


async def fixed_cursor_of_module():
    return django.db.connection.vendor


async def broken_helper():
    return count_tables()


async def fixed_helper():
    return await sync_to_async(count_tables)()


async def broken_close():
    await Author.objects.acount()
    connection.close()


async def fixed_close():
    await Author.objects.acount()
    await sync_to_async(lambda: connection.close())()


async def broken_ensure_connection():
    connection.ensure_connection()


async def fixed_ensure_connection():
    await sync_to_async(lambda: connection.ensure_connection())()


async def broken_introspection():
    return connection.introspection.table_names()


async def fixed_introspection():
    return await sync_to_async(lambda: connection.introspection.table_names())()


async def broken_schema_editor():
    with connection.schema_editor() as editor:
        editor.execute("SELECT 1")


async def fixed_schema_editor():
    close_old_connections()  # there is none on the loop
