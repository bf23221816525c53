"""How much a client may leave unread. What a socket does not take, the server keeps, and Daphne without any bound."""

import secrets

ASK_EACH = 1024 * 1024  # bytes
MOST = 4 * ASK_EACH


class Backlog:
    """Counts what a client was sent, and learns from its answers how much of that it has read."""

    def __init__(self) -> None:
        self.sent = 0
        self.read = 0
        self.asked: dict[str, int] = {}  # bytes before each question

    @property
    def is_too_long(self) -> bool:
        """Whether the client has left more than MOST unread."""
        return self.sent - self.read > MOST

    def add(self, size: int) -> None:
        """Count what is about to be sent."""
        self.sent += size

    def question(self) -> str | None:
        """Return what to ask the client now, if it is time to. Nobody can guess it who has not read so far."""
        if self.sent - max([self.read, *self.asked.values()]) < ASK_EACH:
            return None
        token = secrets.token_hex(8)
        self.asked[token] = self.sent
        return token

    def answer(self, token: str) -> None:
        """Note that the client has read a question."""
        self.read = max(self.read, self.asked.pop(token, 0))
