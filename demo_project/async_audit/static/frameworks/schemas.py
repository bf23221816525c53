"""Classes of fields that a framework fills from a row: which attributes of it are read, and what that asks."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.static.attributes import attribute
from async_audit.static.classes import Class, keyword
from async_audit.static.fields import fields
from async_audit.static.syntax import last_name
from async_audit.static.values import (
    ClassValue,
    FunctionValue,
    Instance,
    OneOf,
    QuerySet,
    Value,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.modules import Module

DEEPEST = 5  # schemas in schemas


def read(frame: Frame, node: ast.expr, value: Value, kind: ast.expr, module: Module, depth: int = DEEPEST) -> None:
    """Note what it asks to make what an annotation says out of a value."""
    if depth == 0:
        return
    match kind:
        case ast.Constant(value=str(text)):
            try:
                read(frame, node, value, ast.parse(text, mode="eval").body, module, depth)
            except SyntaxError:
                return
        case ast.BinOp(left=left, right=right):
            read(frame, node, value, left, module, depth)
            read(frame, node, value, right, module, depth)
        case ast.Dict(values=kinds):  # by the status of the answer
            for each in kinds:
                read(frame, node, value, each, module, depth)
        case ast.Subscript(value=outer, slice=inner):
            name = last_name(outer)
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            if name in ("Optional", "Annotated", "Union"):
                for part in parts:
                    read(frame, node, value, part, module, depth)
            elif name not in ("dict", "Dict"):
                read(frame, node, _element(frame, node, value), parts[0], module, depth)
        case ast.Name() | ast.Attribute():
            schema = frame.names.resolve(kind, module)
            if isinstance(schema, ClassValue):
                read_row(frame, node, value, schema.cls, depth)


def _element(frame: Frame, node: ast.expr, value: Value) -> Value:
    """Return one element of what a list is made of, which a lazy queryset is evaluated for."""
    return (
        frame.iterate(node, value, "its rows are the answer") if isinstance(value, QuerySet) else frame.element(value)
    )


def read_row(frame: Frame, node: ast.expr, value: Value, schema: Class, depth: int = DEEPEST) -> None:
    """Note what it asks to fill a schema from a row."""
    if isinstance(value, OneOf):
        for each in value.values:
            read_row(frame, node, each, schema, depth)
    if not isinstance(value, Instance) or not value.cls.is_model:
        return
    for name, binding, owner in fields(schema):
        before = len(frame.summary.events)
        resolver = frame.engine.member(schema, f"resolve_{name}")
        if isinstance(resolver, FunctionValue):
            summary = frame.engine.summary(resolver.function, None, [value], {})
            frame.absorb(summary.events, resolver.function, node)
        else:
            found = _attribute(frame, node, value, binding, name)
            read(frame, node, found, binding.annotation, owner.module, depth - 1)
        _tell(frame, before, f"{schema.name}.{name}")
    for name in _of_meta(schema, value.cls):
        before = len(frame.summary.events)
        found = attribute(frame, node, value, name)
        if isinstance(found, QuerySet):
            frame.iterate(node, replace(found, is_manager=False))
        _tell(frame, before, f"{schema.name}.{name}")


def _attribute(frame: Frame, node: ast.expr, row: Instance, binding: ast.AnnAssign, name: str) -> Value:
    given = binding.value
    alias = keyword(given, "alias") or keyword(given, "validation_alias") if isinstance(given, ast.Call) else None
    if isinstance(alias, ast.Constant) and isinstance(alias.value, str):
        name = alias.value
    elif isinstance(given, ast.Call) and given.args and isinstance(given.args[0], ast.Constant):
        name = name if given.args[0].value in (..., None) else str(given.args[0].value)
    found: Value = row
    for part in name.split("."):
        found = attribute(frame, node, found, part)
    return replace(found, is_manager=False) if isinstance(found, QuerySet) else found


def _of_meta(schema: Class, model: Class) -> list[str]:
    """Return the many-to-many fields that a schema takes from its model; of a key, it takes the column."""
    meta = schema.inner("Meta")
    names = (
        next((value for name, value in meta.assignments() if name in ("fields", "model_fields")), None)
        if meta
        else None
    )
    if isinstance(names, ast.List | ast.Tuple):
        wanted = [part.value for part in names.elts if isinstance(part, ast.Constant)]
        return [name for name in model.own_many() if name in wanted]
    return model.own_many() if isinstance(names, ast.Constant) and names.value == "__all__" else []


def _tell(frame: Frame, before: int, name: str) -> None:
    events = frame.summary.events
    for number, event in enumerate(events[before:], before):
        _, is_relation, rest = event.message.partition(" is a relation")
        told = f", a relation{rest}" if is_relation and not event.rest else f": {event.message}"
        text = event.message if event.code == "DAS016" else f"{name} is read here{told}"
        events[number] = replace(event, code="DAS016", message=text, tier=max(event.tier, 2))
