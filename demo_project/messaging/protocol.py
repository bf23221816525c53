"""Frames of the chat socket: JSON objects in text, told apart by their `type`. Version linkup.v1.

From the client
    message   client_id (UUID), content              store 1 to 4,000 characters and pass them on; see "never twice"
    history   before_id or after_id (integer)        messages next to that one; the newest without either
    read      up_to_id (integer)                     everything from the other user up to that message has been read
    typing                                           the user is writing; sent again every few seconds while that lasts
    pong      token                                  the answer to ping

From the server
    presence  username, is_online, last_seen         of the other user: the first frame, and when it changes
    message   message                                a new one, to both sides; to its sender it is the receipt
    newest    sent_id, received_id                   the last message of each side, null if that is long ago
    status    recipient_id, up_to_id, status         messages to that user, up to that one, are delivered or read
    history   messages, before_id, after_id          newest last, none when there are no more; ids as asked for
    typing    username                               the other user is writing
    ping      token                                  after each MiB; who leaves 4 MiB unanswered is closed with 4503
    error     code, detail, client_id, failure_id    client_id: of the message it is about, where that is known

An error leaves the socket open, but for `internal`. After `unavailable` the same frame may be sent again later, after
`too_fast` slower; after `internal` nobody knows whether it was served, so a message is sent again; all others refuse a
frame for good. A failure_id names the failure in the server's log; it is null when the mistake was the client's.

Never twice: a message without receipt is sent again with its client_id, also on another socket; it is stored once.
Never unseen: what is stored counts, not what was passed on. A new message names the one that its sender wrote before
to the same user, as `previous_id`; a client that lacks that one, or one that `newest` names, asks for the history.
A client that knows no `Sec-WebSocket-Protocol` gets the newest version.
"""

import json
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

VERSION = "linkup.v1"
MAX_CONTENT = 4_000  # characters
MAX_FRAME = 32_768  # characters
MAX_HISTORY = 256 * 1024  # bytes; servers and proxies end a socket for a frame of 1 MiB


class CloseCode(Enum):
    """Why LinkUp closed the socket. No IntEnum: Daphne accepts no subclass of int.

    The server itself closes with 1011 after an `internal` error. Then, after TRY_AGAIN_LATER, and when a connection is
    lost without a code, a client connects again by itself; after the other codes it does not.
    """

    UNKNOWN_VERSION = 4400
    NOT_LOGGED_IN = 4401
    FOREIGN_ORIGIN = 4403
    UNKNOWN_USER = 4404
    TOO_FAST = 4429
    TOO_MANY_CHATS = 4430
    TRY_AGAIN_LATER = 4503


class FrameError(Exception):
    """A frame that cannot be served; `code` is for programs, `detail` for people."""

    def __init__(self, code: str, detail: str, client_id: UUID | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.client_id = client_id


@dataclass(frozen=True)
class SendMessage:
    """Ask to store a message and pass it on."""

    client_id: UUID
    content: str


@dataclass(frozen=True)
class LoadHistory:
    """Ask for messages older or newer than one."""

    before_id: int | None = None
    after_id: int | None = None


@dataclass(frozen=True)
class MarkRead:
    """Say that the messages up to one have been read."""

    up_to_id: int


@dataclass(frozen=True)
class Typing:
    """Say that the user is writing."""


@dataclass(frozen=True)
class Pong:
    """Say that everything up to a ping has been read."""

    token: str


Request = SendMessage | LoadHistory | MarkRead | Typing | Pong


def parse_frame(text: str | None) -> Request:
    """Return the request that a text frame carries. Raises FrameError; `None` stands for a binary frame."""
    frame = _json_object(text)
    match frame.get("type"):
        case "message":
            client_id = _client_id(frame.get("client_id"))
            return SendMessage(client_id, _content(frame.get("content"), client_id))
        case "history":
            before_id, after_id = _id_or_none(frame, "before_id"), _id_or_none(frame, "after_id")
            if before_id is not None and after_id is not None:
                raise FrameError("invalid_id", "history takes before_id or after_id, not both.")
            return LoadHistory(before_id, after_id)
        case "read":
            return MarkRead(_id(frame, "up_to_id"))
        case "typing":
            return Typing()
        case "pong" if isinstance(frame.get("token"), str):
            return Pong(frame["token"])
        case "pong":
            raise FrameError("invalid_token", "token is the one of a ping.")
        case _:
            raise FrameError("unknown_type", "type is one of: message, history, read, typing, pong.")


def what_fits(messages: list[dict[str, Any]], from_the_end: bool) -> list[dict[str, Any]]:
    """Return as many of some serialized messages as one frame may carry, and at least one: the first, or the last."""
    room = MAX_HISTORY
    chosen: list[dict[str, Any]] = []
    for message in reversed(messages) if from_the_end else messages:
        room -= len(json.dumps(message, ensure_ascii=False).encode())
        if room < 0 and chosen:
            break
        chosen.append(message)
    return chosen[::-1] if from_the_end else chosen


def _json_object(text: str | None) -> dict[str, Any]:
    if text is None:
        raise FrameError("not_text", "Send text frames.")
    if len(text) > MAX_FRAME:
        raise FrameError("too_large", f"A frame has at most {MAX_FRAME} characters.")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        frame = None
    if not isinstance(frame, dict):
        raise FrameError("not_json", "A frame is one JSON object.")
    return frame


def _client_id(value: object) -> UUID:
    try:
        if isinstance(value, str):
            return UUID(value)
    except ValueError:
        pass
    raise FrameError("invalid_client_id", "client_id is a UUID.")


def _content(value: object, client_id: UUID) -> str:
    if not isinstance(value, str) or not is_visible(value) or len(value.strip()) > MAX_CONTENT:
        raise FrameError("invalid_content", f"content is a text of 1 to {MAX_CONTENT} characters.", client_id)
    # Neither database stores every string JSON can carry: PostgreSQL refuses NUL, and no lone surrogate is UTF-8.
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise FrameError("invalid_content", "content holds a character that cannot be stored.", client_id)
    return value.strip()


def is_visible(text: str) -> bool:
    """Tell whether a text shows anything: more than spaces, control characters and such as the zero-width space."""
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


def _id_or_none(frame: dict[str, Any], name: str) -> int | None:
    return None if frame.get(name) is None else _id(frame, name)


def _id(frame: dict[str, Any], name: str) -> int:
    value = frame.get(name)
    # True is an int for Python, and a larger number than a bigint is an error for the database.
    if type(value) is int and 0 <= value < 2**63:
        return value
    raise FrameError("invalid_id", f"{name} is the id of a message.")
