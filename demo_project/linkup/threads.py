"""In which threads the database work of async code runs.

Left alone, Channels gives all sockets of a process one thread: whoever waits for a locked row there keeps everybody
waiting. SQLite, which writes one transaction at a time, gains nothing from more; PostgreSQL does.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connection, connections

from linkup.this_machine_only import Application

THREADS = 8


def several_database_threads(application: Application) -> Application:
    """Wrap an ASGI application so that its connections share THREADS database threads, if the database can use them.

    A connection stays with one thread, as Django asks of code that is sensitive to threads.
    """
    if connection.vendor == "sqlite":
        return application
    executors = cycle([ThreadPoolExecutor(1, f"database-{number}") for number in range(THREADS)])

    async def in_its_thread(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        async with ThreadSensitiveContext(executor=next(executors)):
            await application(scope, receive, send)

    return in_its_thread


def closed_after_each_request(application: Application) -> Application:
    """Wrap Django's ASGI application so that no request leaves a connection open.

    Django gives each request a thread, which ends with it; a connection that is to be kept would end as garbage.
    """

    async def closed_afterwards(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        async with ThreadSensitiveContext():
            try:
                await application(scope, receive, send)
            finally:
                await sync_to_async(connections.close_all)()

    return closed_afterwards
