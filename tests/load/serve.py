"""A server process of one of the chats that are compared: serve.py PORT CHAT, with a chat of CHATS.

With SIGUSR1 it prints how many statements Django has executed.
"""

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

import django

DEFAULTS = ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "OPTIONS")


def linkup() -> Callable[..., Any]:
    """Return LinkUp, which tells nobody to slow down."""
    from messaging import rate

    rate.FRAMES_PER_SECOND = rate.BURST = 1_000_000
    from linkup.asgi import application

    return application


def watched() -> Callable[..., Any]:
    """Return LinkUp with the checker's live half on."""
    from async_audit.live.asgi import watch

    return watch(linkup())


def rival(name: str, with_linkups_connections: bool) -> Callable[..., Any]:
    """Return a consumer of rivals.py behind the tutorial's middleware, on Django's own settings for connections or not.

    Without, each hop opens a connection. A SQLite file is in WAL mode either way, which is kept in the file.
    """
    os.environ["LINKUP_SERVES"] = "1"
    from django.conf import settings

    if not with_linkups_connections:
        for option in DEFAULTS:
            settings.DATABASES["default"].pop(option, None)
    django.setup()
    import rivals
    from channels.auth import AuthMiddlewareStack
    from channels.routing import URLRouter
    from channels.security.websocket import AllowedHostsOriginValidator
    from django.urls import path

    routes = [path("ws/chat/<str:username>/", getattr(rivals, name).as_asgi())]
    return AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(routes)))


CHATS = {
    "LinkUp": linkup,
    "LinkUp, watched": watched,
    "echo": lambda: rival("EchoWithDelivery", with_linkups_connections=True),
    "tutorial": lambda: rival("Tutorial", with_linkups_connections=False),
    "tutorial, pooled": lambda: rival("Tutorial", with_linkups_connections=True),
}


def count_statements() -> None:
    """Count what passes Django's cursors, in all threads."""
    from django.db.backends.signals import connection_created

    numbers, executed = count(1), [0]

    def counting(execute: Callable[..., Any], *arguments: Any) -> Any:
        executed[0] = next(numbers)
        return execute(*arguments)

    def wrap(connection: Any, **_others: Any) -> None:
        if counting not in connection.execute_wrappers:
            connection.execute_wrappers.append(counting)

    connection_created.connect(wrap, weak=False)
    signal.signal(signal.SIGUSR1, lambda *_: print(*executed, flush=True))


def main(port: int, chat: str) -> None:
    from daphne.server import Server

    application = CHATS[chat]()
    count_statements()
    server = Server(
        application,
        endpoints=[f"tcp:port={port}:interface=127.0.0.1"],
        signal_handlers=False,
        ready_callable=lambda: print(server.listening_addresses[0][1], flush=True),
    )
    server.run()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
