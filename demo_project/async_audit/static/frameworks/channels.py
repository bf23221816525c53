"""Channels: the methods of an async consumer and of a channel layer are coroutines."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from async_audit.static import hooks
from async_audit.static.hooks import on_call
from async_audit.static.values import UNKNOWN, Instance, Value

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment

OF_CONSUMERS = {"accept", "send", "send_json", "send_response", "send_headers", "send_body", "close"}


def method(
    frame: Frame, node: ast.Call, owner: Instance, name: str, args: list[Value], kwargs: Environment
) -> Value | None:
    """Return the coroutine that a method of an async consumer gives."""
    is_async = any(base.startswith("channels.") and ".Async" in base for base in owner.cls.outside_bases)
    return frame.coroutine(node, UNKNOWN, f"{name}()") if is_async and name in OF_CONSUMERS else None


hooks.METHODS.append(method)


@on_call(".group_send", ".group_add", ".group_discard")
def of_layer(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Return the coroutine that a channel layer's method gives."""
    return frame.coroutine(node, UNKNOWN, f"{frame.text(node.func).rpartition('.')[2]}()")
