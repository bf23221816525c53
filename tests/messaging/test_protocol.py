"""Every frame is either a request or a refusal with a code."""

import json
from uuid import UUID

import pytest

from messaging.protocol import (
    MAX_CONTENT,
    MAX_FRAME,
    FrameError,
    LoadHistory,
    MarkRead,
    Pong,
    SendMessage,
    Typing,
    parse_frame,
)

CLIENT_ID = "6a1f5c1e-0f5d-4b0a-9f0e-2f4f3c1d7b55"


def message(**fields):
    return json.dumps({"type": "message", "client_id": CLIENT_ID, "content": "Hello", **fields})


def test_a_message():
    assert parse_frame(message(content="  Hello ")) == SendMessage(UUID(CLIENT_ID), "Hello")
    assert parse_frame(message(content="x" * MAX_CONTENT)).content == "x" * MAX_CONTENT


def test_history():
    assert parse_frame('{"type": "history"}') == LoadHistory()
    assert parse_frame('{"type": "history", "before_id": 7, "after_id": null}') == LoadHistory(before_id=7)
    assert parse_frame('{"type": "history", "after_id": 0}') == LoadHistory(after_id=0)


def test_read_typing_and_pong():
    assert parse_frame('{"type": "read", "up_to_id": 7}') == MarkRead(7)
    assert parse_frame('{"type": "typing"}') == Typing()
    assert parse_frame('{"type": "pong", "token": "7f"}') == Pong("7f")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "not_text"),
        ("", "not_json"),
        ("{", "not_json"),
        ("[]", "not_json"),
        ("null", "not_json"),
        ("[" * 30_000, "not_json"),
        ("1" * 5_000, "not_json"),
        (" " * (MAX_FRAME + 1), "too_large"),
        ("{}", "unknown_type"),
        ('{"type": ["message"]}', "unknown_type"),
        ('{"type": "shutdown"}', "unknown_type"),
        ('{"type": "pong"}', "invalid_token"),
        ('{"type": "pong", "token": 7}', "invalid_token"),
        (message(client_id=None), "invalid_client_id"),
        (message(client_id="7"), "invalid_client_id"),
        (message(content=None), "invalid_content"),
        (message(content=["Hello"]), "invalid_content"),
        (message(content="   "), "invalid_content"),
        (message(content="\u200b\u2060"), "invalid_content"),  # of zero width
        (message(content="x" * (MAX_CONTENT + 1)), "invalid_content"),
        (message(content="a\0b"), "invalid_content"),
        (message(content="\ud800"), "invalid_content"),
        ('{"type": "history", "before_id": "7"}', "invalid_id"),
        ('{"type": "history", "before_id": true}', "invalid_id"),
        ('{"type": "history", "before_id": -1}', "invalid_id"),
        ('{"type": "history", "after_id": 1.5}', "invalid_id"),
        ('{"type": "history", "before_id": 1, "after_id": 1}', "invalid_id"),
        ('{"type": "read"}', "invalid_id"),
        ('{"type": "read", "up_to_id": [1]}', "invalid_id"),
        ('{"type": "history", "before_id": 9223372036854775808}', "invalid_id"),
    ],
)
def test_a_refusal(text, code):
    with pytest.raises(FrameError) as raised:
        parse_frame(text)
    assert raised.value.code == code
    assert raised.value.detail.endswith(".")


@pytest.mark.parametrize("content", [None, "   ", "a\0b"])
def test_a_refused_message_is_named(content):
    with pytest.raises(FrameError) as raised:
        parse_frame(message(content=content))
    assert raised.value.client_id == UUID(CLIENT_ID)
