"""Which sockets get as far as the chat: those of LinkUp's own pages, at an address that there is."""

from typing import Any
from urllib.parse import ParseResult, urlparse

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.security.websocket import OriginValidator

from messaging.protocol import CloseCode


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


class SameOrigin(OriginValidator):
    """Lets sockets of allowed pages pass, else any page could chat in the name of its visitor.

    The others are closed with 4403, where Channels' own validator gives a browser no code.
    """

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Pass one connection on."""
        allowed = self.valid_origin(parse_origin(dict(scope["headers"]).get(b"origin", b"")))
        application = self.application if allowed else TurnAway.as_asgi(code=CloseCode.FOREIGN_ORIGIN)
        await application(scope, receive, send)


def parse_origin(header: bytes) -> ParseResult | None:
    """Return an Origin header in parts, or None for one that is missing or malformed."""
    try:
        return urlparse(header.decode("latin1")) if header else None
    except ValueError:
        return None
