"""Django's addresses: the ASGI handler looks one up on the loop, and has its converters make values of its parts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from async_audit.static.frameworks.served import Served, reads_rows
from async_audit.static.syntax import last_name
from async_audit.static.values import ClassValue, FunctionValue

if TYPE_CHECKING:
    from async_audit.static.engine import Engine


def served(engine: Engine) -> Iterator[Served]:
    """Yield to_python() of each converter that is registered, in a project with anything async."""
    modules = engine.names.files.modules
    if not any(module.has_async for module in modules):
        return
    for module in modules:
        if "register_converter" not in module.names:
            continue
        for node in module.tree.body:
            match node:
                case ast.Expr(value=ast.Call(func=called, args=[first, *_])) if (
                    last_name(called) == "register_converter"
                ):
                    converter = engine.names.resolve(first, module)
                    method = engine.member(converter.cls, "to_python") if isinstance(converter, ClassValue) else None
                    if isinstance(method, FunctionValue):
                        yield Served(method.function, "Django looks an address up on the event loop:", reads_rows)
