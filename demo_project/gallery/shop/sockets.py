"""A socket as a server has it: what comes in, and what a consumer or a middleware sends."""

from shop.visits import SESSION_KEY


async def open_socket(application, *frames, known=True):
    """Open a socket, send frames and close it; return what the application has sent: accept, close, or a text.

    It comes with the session in which ann is logged in, as a token and as a cookie, unless it is not known.
    """
    events = [{"type": "websocket.connect"}]
    events += [{"type": "websocket.receive", "text": frame} for frame in frames]
    events += [{"type": "websocket.disconnect", "code": 1000}]
    key = SESSION_KEY if known else ""
    sent = []

    async def receive():
        return events.pop(0)

    async def send(message):
        sent.append(message.get("text") or message["type"].removeprefix("websocket."))

    headers = [(b"cookie", f"sessionid={key}".encode())]
    scope = {"type": "websocket", "path": "/", "query_string": key.encode(), "headers": headers}
    await application(scope, receive, send)
    return sent
