"""Strawberry: its async views call plain resolvers and permissions on the loop, and read what is returned there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from async_audit.static.classes import keyword
from async_audit.static.frameworks import schemas
from async_audit.static.frameworks.served import (
    Read,
    Served,
    classes,
    functions,
    imports,
    is_threaded,
    methods,
    reads_rows,
)
from async_audit.static.functions import Function
from async_audit.static.values import FunctionValue, Outside, Value

if TYPE_CHECKING:
    from async_audit.static.classes import Class
    from async_audit.static.engine import Engine
    from async_audit.static.frame import Frame
    from async_audit.static.modules import Module

FIELDS = ("strawberry.field", "strawberry.mutation")
PERMISSIONS = ("strawberry.permission.BasePermission", "strawberry.BasePermission")
CALLED = "Strawberry calls a plain resolver on the event loop:"
ASKED = "Strawberry asks a permission on the event loop:"


def served(engine: Engine) -> Iterator[Served]:
    """Yield resolvers and permissions, where one of Strawberry's async views answers."""
    for module in engine.names.files.modules:
        if not imports(module, "strawberry") or not engine.serves_graphql_on_loop(module):
            continue
        for function in functions(engine, module):
            is_field = any(_is_field(engine, function.module, node) for node in function.decorators)
            if is_field and not is_threaded(engine, function):
                yield Served(function, CALLED, _reading(function))
        for cls in classes(engine, module):
            yield from _of_class(engine, cls)


def _of_class(engine: Engine, cls: Class) -> Iterator[Served]:
    if not cls.outside_bases.isdisjoint(PERMISSIONS):
        for method in methods(engine, cls):
            if method.name == "has_permission":
                yield Served(method, ASKED, reads_rows)
    for _, value in cls.assignments():
        if isinstance(value, ast.Call) and (given := keyword(value, "resolver")):
            resolver = engine.names.resolve(given, cls.module)
            if not isinstance(resolver, FunctionValue) or not _is_field(engine, cls.module, value):
                continue
            if not is_threaded(engine, resolver.function):
                yield Served(resolver.function, CALLED, _reading(resolver.function))


def _is_field(engine: Engine, module: Module, node: ast.expr) -> bool:
    found = engine.names.resolve(node.func if isinstance(node, ast.Call) else node, module)
    return isinstance(found, Outside) and found.name in FIELDS


def _reading(function: Function) -> Read:
    def read(frame: Frame, node: ast.expr, value: Value) -> None:
        kind = getattr(function.node, "returns", None)
        if kind is not None:
            schemas.read(frame, node, value, kind, function.module)
        reads_rows(frame, node, value)

    return read
