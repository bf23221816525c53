"""Django Ninja: what an async operation returns is made into its response on the loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from async_audit.static.classes import keyword
from async_audit.static.frameworks import schemas
from async_audit.static.frameworks.served import Read, Served, functions, imports
from async_audit.static.syntax import last_name
from async_audit.static.values import Items, Value

if TYPE_CHECKING:
    from async_audit.static.engine import Engine
    from async_audit.static.frame import Frame
    from async_audit.static.modules import Module

OPERATIONS = {"get", "post", "put", "patch", "delete", "api_operation"}


def served(engine: Engine) -> Iterator[Served]:
    """Yield the async operations that have a schema for their response."""
    for module in engine.names.files.modules:
        if not module.has_async or not (imports(module, "ninja") or imports(module, "ninja_extra")):
            continue
        for function in functions(engine, module):
            for node in function.decorators if function.is_async else ():
                is_operation = isinstance(node, ast.Call) and last_name(node.func) in OPERATIONS
                response = keyword(node, "response") if isinstance(node, ast.Call) and is_operation else None
                if response:
                    yield Served(function, "", _reading(response, module))


def _reading(response: ast.expr, module: Module) -> Read:
    def read(frame: Frame, node: ast.expr, value: Value) -> None:
        if isinstance(value, Items) and isinstance(response, ast.Dict) and len(value.elements) == 2:
            value = value.elements[1]  # beside the status
        schemas.read(frame, node, value, response, module)

    return read
