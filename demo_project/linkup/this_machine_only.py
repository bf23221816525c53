"""A guard for development: while DEBUG is on, LinkUp answers nobody but this machine."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any], Callable[..., Any]], Awaitable[None]]


def this_machine_only(application: Application) -> Application:
    """Wrap an ASGI application so that a client with another address than a loopback one is refused.

    The Host header says nothing of where a request comes from, so ALLOWED_HOSTS does not do this.
    """

    async def guarded(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        client = scope.get("client")
        if client is None or ip_address(client[0]).is_loopback:
            await application(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"LINKUP_DEBUG is on: this machine only."})

    return guarded
