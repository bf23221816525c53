"""Serializers of Django REST framework: when going through their fields asks the database."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.static import forms, querysets
from async_audit.static.classes import Class, keyword
from async_audit.static.syntax import last_name
from async_audit.static.values import (
    UNKNOWN,
    Bound,
    Built,
    ClassValue,
    Constant,
    FunctionValue,
    Instance,
    QuerySet,
    Value,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame

DEEPEST = 5  # serializers in serializers


def is_serializer(cls: Class) -> bool:
    """Tell whether a class is one of REST framework's serializers."""
    return any(base.endswith("Serializer") for base in cls.outside_bases)


def attribute(frame: Frame, node: ast.expr, owner: Built, name: str) -> Value:
    """Return an attribute of a serializer; `data` goes through all fields of its instance."""
    if is_serializer(owner.cls) and name == "data" and name not in owner.done:
        if reason := why(frame, owner):
            frame.ask(node, "DAS016", f"{frame.text(node)} asks the database: {reason}; serialize in sync_to_async", 2)
        else:
            forms.run_own(frame, node, owner, "DAS016", lambda name: name == "to_representation")
        frame.became(owner, replace(owner, done=owner.done | {name}))  # it keeps its data
    member = frame.engine.member(owner.cls, name)
    if isinstance(member, FunctionValue):
        return FunctionValue(member.function, owner)
    return UNKNOWN if name == "data" else Bound(owner, name)


def call(frame: Frame, node: ast.Call, owner: Built, name: str) -> Value:
    """Note what a method of a serializer asks."""
    is_saving = name == "save" and any("Model" in base for base in owner.cls.outside_bases)
    if is_saving or (name == "is_valid" and name not in owner.done and forms.validation_asks(frame, owner.cls)):
        frame.ask(node, "DAS016", f"{frame.text(node.func)}() asks the database; call it in sync_to_async", 2)
    elif name == "is_valid" and name not in owner.done:
        forms.run_own(frame, node, owner, "DAS016", lambda name: name == "validate" or name.startswith("validate_"))
    elif name == "save":
        forms.run_own(frame, node, owner, "DAS016", lambda name: name in ("create", "update"))
    done = owner.done | {name} if name == "is_valid" else owner.done - {"data"} if name == "save" else owner.done
    frame.became(owner, replace(owner, done=done))
    return UNKNOWN


def why(frame: Frame, owner: Built) -> str:
    """Return what of a serializer's instance is asked for, empty when all is in memory."""
    subject = dict(owner.kwargs).get("instance") or (owner.args[0] if owner.args else UNKNOWN)
    if isinstance(subject, QuerySet):
        return "" if subject.is_evaluated else "it goes through a lazy queryset"
    row = frame.element(subject) if not isinstance(subject, Instance) else subject
    if not isinstance(row, Instance):
        model = forms.meta_model(frame, owner.cls)
        if model is None or dict(owner.kwargs).get("data"):
            return ""
        row = Instance(model, is_traced=False)
    return _why_row(frame, owner.cls, row, DEEPEST)


def _why_row(frame: Frame, cls: Class, row: Instance, depth: int) -> str:
    for name, value in cls.assignments():
        if not isinstance(value, ast.Call):
            continue
        source = keyword(value, "source")
        path = source.value if isinstance(source, ast.Constant) and isinstance(source.value, str) else name
        if reason := _why_field(frame, cls, row, value, name, path, depth):
            return f"field {name} of {cls.name} {reason}"
    return ""


def _why_field(frame: Frame, cls: Class, row: Instance, field: ast.Call, name: str, path: str, depth: int) -> str:
    if last_name(field.func) == "SerializerMethodField":
        method = frame.engine.member(cls, f"get_{name}")
        if isinstance(method, FunctionValue):
            summary = frame.engine.summary(method.function, Instance(cls), [row], {})
            return f"runs get_{name}(), where {summary.events[0].message}" if summary.events else ""
        return ""
    here: Value = row
    with frame.quietly():
        for part in path.split("."):
            if not isinstance(here, Instance):
                break
            relation = here.cls.relations.get(part) if here.cls.is_model else None
            if relation and relation.kind != "many" and part not in here.loaded and "*" not in here.loaded:
                is_key = part == path and last_name(field.func) == "PrimaryKeyRelatedField"
                return "" if is_key else f"follows {part}, which was not loaded"
            if relation and relation.kind == "many" and relation.target:
                manager = querysets.related(frame, here, part, relation.target, relation.back)
                return "" if manager.is_evaluated else f"goes through {part}, which was not prefetched"
            if relation and relation.target:
                here = Instance(relation.target, querysets.inner(here.loaded, part))
            else:
                here = Constant(None)
    nested = frame.names.resolve(field.func, cls.module)
    if depth and isinstance(here, Instance) and isinstance(nested, ClassValue) and is_serializer(nested.cls):
        return _why_row(frame, nested.cls, here, depth - 1)
    return ""
