"""Frames of the chat socket: JSON objects, told apart by their `type`.

From the client
    message   client_id (UUID), content        store 1 to 4,000 characters and pass them on
    history   before_id (integer or null)      messages older than that one; the newest without

From the server
    presence  username, is_online, last_seen   of the other user, at the start and when it changes
    message   message                          a new one, to both sides; to its sender it is the receipt
    status    id, status                       a message has come further
    history   messages                         newest last
    error     code, detail                     the frame was refused; the socket stays open
"""

import json
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

MAX_CONTENT = 4_000  # characters
MAX_FRAME = 32_768  # characters


class CloseCode(Enum):
    """Why the server closed the socket. No IntEnum: Daphne accepts no subclass of int."""

    NOT_LOGGED_IN = 4401
    UNKNOWN_USER = 4404


class FrameError(Exception):
    """A frame that cannot be served; `code` is for programs, `detail` for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class SendMessage:
    """Ask to store a message and pass it on."""

    client_id: UUID
    content: str


@dataclass(frozen=True)
class LoadHistory:
    """Ask for messages older than one."""

    before_id: int | None


def parse_frame(text: str | None) -> SendMessage | LoadHistory:
    """Return the request that a text frame carries. Raises FrameError; `None` stands for a binary frame."""
    if text is None:
        raise FrameError("not_text", "Send text frames.")
    if len(text) > MAX_FRAME:
        raise FrameError("too_large", f"A frame has at most {MAX_FRAME} characters.")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise FrameError("not_json", "A frame is one JSON object.") from None
    if not isinstance(frame, dict):
        raise FrameError("not_json", "A frame is one JSON object.")
    match frame.get("type"):
        case "message":
            return SendMessage(_client_id(frame.get("client_id")), _content(frame.get("content")))
        case "history":
            return LoadHistory(_before_id(frame.get("before_id")))
        case _:
            raise FrameError("unknown_type", "type is one of: message, history.")


def _client_id(value: object) -> UUID:
    try:
        if isinstance(value, str):
            return UUID(value)
    except ValueError:
        pass
    raise FrameError("invalid_client_id", "client_id is a UUID.")


def _content(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= MAX_CONTENT:
        raise FrameError("invalid_content", f"content is a text of 1 to {MAX_CONTENT} characters.")
    # Neither database stores every string JSON can carry: PostgreSQL refuses NUL, and no lone surrogate is UTF-8.
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise FrameError("invalid_content", "content holds a character that cannot be stored.")
    return value.strip()


def _before_id(value: object) -> int | None:
    # True is an int for Python, and a larger number than a bigint is an error for the database.
    if value is None or (type(value) is int and 0 < value < 2**63):
        return value
    raise FrameError("invalid_before_id", "before_id is the id of a message, or null.")
