"""pydantic: model_validate() with from_attributes reads a row's attributes, and those of its relations."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from async_audit.static.frameworks import schemas
from async_audit.static.hooks import on_call
from async_audit.static.values import UNKNOWN, ClassValue, Constant, Instance, ModuleValue, OutsideInstance, Value

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment

Args = list[Value]
ADAPTER = "TypeAdapter"


@on_call(".model_validate", ".from_orm")
def validates(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Fill a model from a row."""
    schema, row = args[0] if args else UNKNOWN, args[1] if len(args) > 1 else kwargs.get("obj", UNKNOWN)
    if not isinstance(schema, ClassValue):
        return UNKNOWN
    schemas.read_row(frame, node, row, schema.cls)
    return Instance(schema.cls)


@on_call("pydantic.TypeAdapter")
def adapter(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return what makes values of a type."""
    return OutsideInstance(ADAPTER, (Constant(node.args[0]), ModuleValue(frame.module))) if node.args else UNKNOWN


@on_call(f"{ADAPTER}.validate_python")
def adapts(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Make what the adapter's type says of a value."""
    match args:
        case [OutsideInstance(args=(Constant(value=ast.expr() as kind), ModuleValue(module))), value, *_]:
            schemas.read(frame, node, value, kind, module)
    return UNKNOWN
