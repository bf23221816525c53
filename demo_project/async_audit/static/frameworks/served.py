"""A function that a framework calls on the event loop, and what it reads there of what the function returns."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from async_audit.static.functions import Function
from async_audit.static.hooks import is_wrapper
from async_audit.static.values import Bound, Outside, OutsideInstance, QuerySet, Value

if TYPE_CHECKING:
    from async_audit.static.classes import Class
    from async_audit.static.engine import Engine
    from async_audit.static.frame import Frame
    from async_audit.static.modules import Module

Read = Callable[["Frame", ast.expr, Value], None]


@dataclass(frozen=True)
class Served:
    """A function, by whom it is called, and how its result is read."""

    function: Function
    by: str
    read: Read


def reads_rows(frame: Frame, node: ast.expr, value: Value) -> None:
    """Go through a queryset, as every framework does that makes a list of it."""
    if isinstance(value, QuerySet):
        frame.iterate(node, value, "its rows are the answer")


def functions(engine: Engine, module: Module) -> Iterator[Function]:
    """Yield a module's functions and the methods of its classes."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield engine.names.function_of(node, module)
        elif isinstance(node, ast.ClassDef):
            yield from methods(engine, engine.names.class_of(node, module))


def methods(engine: Engine, cls: Class) -> Iterator[Function]:
    """Yield the methods in a class's body."""
    for node in cls.node.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield engine.names.function_of(node, cls.module, cls)


def classes(engine: Engine, module: Module) -> Iterator[Class]:
    """Yield the classes at the top of a module."""
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef):
            yield engine.names.class_of(node, module)


def imports(module: Module, package: str) -> bool:
    """Tell whether a module imports something of a package."""
    return any(
        isinstance(binding, tuple) and (binding[0] == package or binding[0].startswith(f"{package}."))
        for binding in module.names.values()
    )


def decorators(engine: Engine, function: Function) -> Iterator[tuple[ast.expr, str]]:
    """Yield a function's decorators, each with the name of what of another package it is."""
    for node in function.decorators:
        called = node.func if isinstance(node, ast.Call) else node
        value = engine.top(function.module).eval(called)
        yield node, name_of(value)


def name_of(value: Value) -> str:
    """Return the dotted name of something that the project does not define, empty for what it does."""
    match value:
        case Outside(name) | OutsideInstance(name):
            return name
        case Bound(owner, name) if owner_name := name_of(owner):
            return f"{owner_name}.{name}"
    return ""


def is_threaded(engine: Engine, function: Function) -> bool:
    """Tell whether one of a function's decorators has it called in a thread."""
    return any(is_wrapper(engine, engine.names.resolve(node, function.module)) for node in function.decorators)
