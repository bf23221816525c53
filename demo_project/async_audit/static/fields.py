"""Classes whose __init__ is written by their fields: dataclasses, attrs, named tuples and pydantic's models."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from async_audit.static.classes import Class, keyword
from async_audit.static.functions import Environment
from async_audit.static.syntax import last_name
from async_audit.static.values import NONE, UNKNOWN, Value

if TYPE_CHECKING:
    from async_audit.static.frame import Frame

DECORATORS = {"dataclass", "define", "frozen", "mutable", "attrs", "type", "input"}
BASES = ("typing.NamedTuple", "pydantic.BaseModel", "ninja.Schema", "msgspec.Struct")


def is_made_of_fields(cls: Class) -> bool:
    """Tell whether a class's fields are the parameters of its __init__."""
    decorators = [node for base in cls.mro for node in base.node.decorator_list]
    names = {last_name(node.func if isinstance(node, ast.Call) else node) for node in decorators}
    return bool(names & DECORATORS) or not cls.outside_bases.isdisjoint(BASES)


def fields(cls: Class) -> Iterator[tuple[str, ast.AnnAssign, Class]]:
    """Yield the fields in the order of the parameters: a base's come first."""
    found: dict[str, tuple[ast.AnnAssign, Class]] = {}
    for base in reversed(cls.mro):
        for name, binding in base.members.items():
            if isinstance(binding, ast.AnnAssign) and "ClassVar" not in ast.unparse(binding.annotation):
                found[name] = binding, base
    for name, (binding, owner) in found.items():
        yield name, binding, owner


def stored(frame: Frame, cls: Class, args: Sequence[Value], kwargs: Environment) -> Environment:
    """Return what a call of the class stores in the fields of the new object."""
    found: Environment = {}
    for number, (name, binding, owner) in enumerate(fields(cls)):
        if number < len(args):
            found[name] = args[number]
        elif name in kwargs:
            found[name] = kwargs[name]
        elif binding.value:
            found[name] = _default(frame, binding.value, owner)
        if found.get(name, NONE) in (UNKNOWN, NONE):
            found.pop(name, None)
    return found


def _default(frame: Frame, node: ast.expr, owner: Class) -> Value:
    top = frame.engine.top(owner.module)
    if isinstance(node, ast.Call) and last_name(node.func) in ("field", "Field", "ib"):
        factory = keyword(node, "default_factory") or keyword(node, "factory")
        if factory:
            return top.eval(ast.copy_location(ast.Call(factory, [], []), node))
        default = keyword(node, "default")
        return top.eval(default) if default else UNKNOWN
    return top.eval(node)
