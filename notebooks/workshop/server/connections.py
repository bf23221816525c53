"""Reports each database connection of the program that is opened or closed, and whether it is that of all sockets.

Part of the server process; the program itself is not touched.
"""

import itertools
import threading
from collections.abc import Callable
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from asgiref.sync import SyncToAsync
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

NUMBERS = itertools.count(1)


def is_shared_thread() -> bool:
    """Tell whether this is the thread that runs the database work of all sockets."""
    return threading.get_ident() == shared_thread()


@cache
def shared_thread() -> int:
    """Return the thread that Channels and Django's async methods use for all, unless told otherwise."""
    return SyncToAsync.single_thread_executor.submit(threading.get_ident).result()


def report_connections(report: Callable[..., None]) -> None:
    """Watch all connections from now on. One that ends as garbage is not closed: nobody knows when that will be."""
    shared_thread()  # asked now, where no loop has to wait for it
    numbers: WeakKeyDictionary[BaseDatabaseWrapper, int] = WeakKeyDictionary()
    close = BaseDatabaseWrapper.close

    def opened(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
        numbers[connection] = number = next(NUMBERS)
        report("connection", state="opened", number=number, shared=is_shared_thread())

    def closed(connection: BaseDatabaseWrapper) -> None:
        close(connection)
        if connection.connection is None and (number := numbers.pop(connection, None)):
            report("connection", state="closed", number=number)

    connection_created.connect(opened, weak=False)
    BaseDatabaseWrapper.close = closed  # type: ignore[method-assign]
