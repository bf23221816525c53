"""What a program says to readers of its types, of which Python does nothing while it runs."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.static.hooks import on_call
from async_audit.static.syntax import last_name
from async_audit.static.values import UNKNOWN, Bound, ClassValue, Instance, QuerySet, Value, alternatives, one_of

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment

Args = list[Value]
PLAIN = {"int", "str", "bool", "float", "bytes"}


@on_call("typing.cast")
def casts(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return the second argument, which is what the first one says: a plain value, or an object of a narrower class."""
    if len(node.args) < 2 or len(args) < 2:
        return UNKNOWN
    kind, known = node.args[0], args[1]
    name = kind.value if isinstance(kind, ast.Constant) else last_name(kind)
    if isinstance(known, Instance | QuerySet) and name in PLAIN:
        return UNKNOWN
    said = frame.annotated(kind)
    if isinstance(said, Instance):
        known = one_of(_narrowed(value, said) for value in alternatives(known))
    is_vague = known is UNKNOWN or isinstance(known, ClassValue | Bound)
    return said if is_vague or (isinstance(known, Instance) and not known.is_traced) else known


def _narrowed(value: Value, said: Instance) -> Value:
    """Return a value that is of a class or of one that derives from it; what is of another class is not meant."""
    if not isinstance(value, Instance) or said.cls in value.cls.mro:
        return value
    return replace(value, cls=said.cls) if value.cls in said.cls.mro else said


@on_call("typing.assert_type")
def asserts_type(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return the first argument."""
    return args[0] if args else UNKNOWN
