"""Methods that a subclass gives to what its base calls: an inherited async method runs them on the loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from async_audit.static.functions import Function
from async_audit.static.values import FunctionValue, Instance, Value, one_of

if TYPE_CHECKING:
    from async_audit.static.classes import Class
    from async_audit.static.engine import Engine


def inheritors(engine: Engine, function: Function) -> Iterator[Class]:
    """Yield the classes that inherit an async method, and bring something of their own that its class uses."""
    if function.cls is None or not function.is_async:
        return
    for cls in engine.subclasses(function.cls):
        found = cls.member(function.name)
        if found is None or found[0] is not function.cls:
            continue
        used = set[str]().union(*(base.used for base in function.cls.mro))
        own = {name for base in cls.mro[: cls.mro.index(function.cls)] for name in base.members}
        if own & used:
            yield cls


def is_abstract(function: Function) -> bool:
    """Tell whether a method has no body of its own, or one that only says so."""
    match [line for line in function.body if not _is_text(line)]:
        case [] | [ast.Pass()]:
            return True
        case [ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError")) | ast.Name(id="NotImplementedError"))]:
            return True
    return False


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def overrides(engine: Engine, function: Function, owner: Instance) -> Value | None:
    """Return the methods that stand for an abstract one of an object whose own class is not known."""
    if owner.is_traced or function.cls is None or not is_abstract(function):
        return None
    found: list[Value] = []
    for cls in engine.subclasses(owner.cls):
        value = engine.member(cls, function.name)
        if isinstance(value, FunctionValue) and value.function is not function and value.function.cls is cls:
            found.append(FunctionValue(value.function, Instance(cls, is_traced=False)))
    return one_of(found) if found else None
