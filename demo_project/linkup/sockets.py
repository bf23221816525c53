"""Which sockets get as far as the chat: those of LinkUp's own pages, at an address that there is, so many at a time."""

from collections.abc import Callable
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from linkup.this_machine_only import Application
from messaging.protocol import CloseCode

# Sockets at a time. A chat is joined in some milliseconds, so the last of them waits for about a second.
COMING_IN = 100


class TurnAway(AsyncWebsocketConsumer):
    """Closes at once, with a code: TurnAway.as_asgi(code=CloseCode.FOREIGN_ORIGIN)."""

    channel_layer_alias = None  # who is turned away hears of nothing, and costs no connection to Redis

    def __init__(self, code: CloseCode) -> None:
        super().__init__()
        self.code = code

    async def connect(self) -> None:
        """Accept, since a browser learns the close code of an accepted socket only, and close."""
        await self.accept()
        await self.close(self.code.value)


class SameOrigin:
    """Lets sockets of LinkUp's own pages pass, else any page could chat in the name of its visitor.

    Their origin is the address that the socket was asked for, to the letter: another port of this machine is another
    program. The others are closed with 4403, where Channels' own validator gives a browser no code.
    """

    def __init__(self, application: Application, allowed_hosts: list[str]) -> None:
        self.application = application
        self.allowed_hosts = allowed_hosts

    async def __call__(self, scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """Pass one connection on."""
        headers = dict(scope["headers"])
        allowed = self.is_own(headers.get(b"origin", b"").decode("latin1"), headers.get(b"host", b"").decode("latin1"))
        application = self.application if allowed else TurnAway.as_asgi(code=CloseCode.FOREIGN_ORIGIN)
        await application(scope, receive, send)

    def is_own(self, origin: str, host: str) -> bool:
        """Tell whether a page of that origin and a socket to that host belong together, and to LinkUp."""
        domain, _port = split_domain_port(host)
        schemes = ("https",) if settings.SESSION_COOKIE_SECURE else ("http", "https")
        return origin in [f"{scheme}://{host}" for scheme in schemes] and validate_host(domain, self.allowed_hosts)


class Turnstile:
    """Lets at most COMING_IN sockets come in at a time, and closes the others with 4503: their pages come again.

    After a restart all pages come at once. Were all let in, the server would work for those it has lost already.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self.coming_in: set[object] = set()

    async def __call__(self, scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """Serve one connection, or turn it away. It calls `scope["is_in"]` once it has come in."""
        if len(self.coming_in) >= COMING_IN:
            await TurnAway.as_asgi(code=CloseCode.TRY_AGAIN_LATER)(scope, receive, send)
            return
        connection = object()
        self.coming_in.add(connection)
        try:
            await self.application(scope | {"is_in": lambda: self.coming_in.discard(connection)}, receive, send)
        finally:
            self.coming_in.discard(connection)
