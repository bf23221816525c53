"""A function that Django guards is called by itself, on the event loop: all that no other program here comes to first.

A query asks for a cursor, and the guard of that one answers; the guards behind it are met by those who call them.
"""

from asgiref.sync import sync_to_async
from django.db import connection

CODE = "DAS012"
CATALOGUE = [25]
DATABASE = {"postgresql": ["new_cursor"]}


async def broken_connect():
    connection.connect()


async def fixed_connect():
    await sync_to_async(lambda: connection.connect())()


async def broken_close():
    connection.close()


async def fixed_close():
    await sync_to_async(lambda: connection.close())()


async def broken_rollback():
    connection.rollback()


async def fixed_rollback():
    await sync_to_async(lambda: connection.rollback())()


async def broken_savepoint_rollback():
    connection.savepoint_rollback("one")


async def fixed_savepoint_rollback():
    await sync_to_async(lambda: connection.savepoint_rollback("one"))()


async def broken_savepoint_commit():
    connection.savepoint_commit("one")


async def fixed_savepoint_commit():
    await sync_to_async(lambda: connection.savepoint_commit("one"))()


async def broken_clean_savepoints():
    connection.clean_savepoints()


async def fixed_clean_savepoints():
    await sync_to_async(lambda: connection.clean_savepoints())()


async def broken_new_connection():
    connection.get_new_connection(connection.get_connection_params()).close()


async def fixed_new_connection():
    await sync_to_async(lambda: connection.get_new_connection(connection.get_connection_params()).close())()


async def broken_new_cursor():
    if connection.vendor == "postgresql":  # SQLite's is not guarded
        connection.create_cursor()


async def fixed_new_cursor():
    def ask():
        connection.ensure_connection()
        connection.create_cursor().close()

    await sync_to_async(ask)()


async def broken_chunked_cursor():
    with connection.chunked_cursor() as cursor:  # what iterator() asks for on PostgreSQL
        cursor.execute("SELECT 1")


async def fixed_chunked_cursor():
    def ask():
        with connection.chunked_cursor() as cursor:
            cursor.execute("SELECT 1")

    await sync_to_async(ask)()
