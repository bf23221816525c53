"""What isinstance() tells of a variable in either branch of its test."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from async_audit.static.values import ClassValue, Instance, Items, Value, alternatives, one_of

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment


def narrow(frame: Frame, test: ast.expr, is_so: bool) -> Environment:
    """Leave a variable no object of a class that a test has said it is not of; return what it was before."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return narrow(frame, operand, not is_so)
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), kind]) if name in frame.env:
            before = frame.env[name]
            known = alternatives(before)
            if any(isinstance(value, Instance) for value in known):
                found = frame.eval(kind)
                kinds = found.elements if isinstance(found, Items) else (found,)
                left = [value for value in known if _may_be(value, kinds, is_so)]
                if len(left) < len(known):
                    frame.env[name] = one_of(left)
                    return {name: before}
    return {}


def _may_be(value: Value, kinds: tuple[Value, ...], is_so: bool) -> bool:
    """Tell whether a value can be where isinstance() gave that answer; without its class, it can."""
    if not isinstance(value, Instance):
        return True
    if not is_so:
        return not any(isinstance(kind, ClassValue) and kind.cls in value.cls.mro for kind in kinds)
    return any(not isinstance(kind, ClassValue) or _are_related(kind, value) for kind in kinds)


def _are_related(kind: ClassValue, value: Instance) -> bool:
    return kind.cls in value.cls.mro or (value.cls in kind.cls.mro and not (value.cls.is_model and value.is_traced))
