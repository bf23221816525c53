"""Django's forms and paginators: when they ask the database."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.static import hooks
from async_audit.static.classes import Class, keyword
from async_audit.static.hooks import on_call
from async_audit.static.syntax import last_name
from async_audit.static.values import (
    UNKNOWN,
    Bound,
    Built,
    ClassValue,
    Constant,
    Coroutine,
    FunctionValue,
    Instance,
    OutsideInstance,
    QuerySet,
    Value,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment

VALIDATING = {"is_valid", "full_clean", "clean"}
SHOWING = {"as_p", "as_table", "as_ul", "as_div", "render"}
PAGINATORS = ("django.core.paginator.Paginator", "django.core.paginator.paginator.Paginator")
COUNTED = Constant("counted")  # among a paginator's values: it keeps its count
ADVICE = "asks the database; call it in sync_to_async"


def attribute(frame: Frame, node: ast.expr, owner: Built, name: str) -> Value:
    """Return an attribute of a form; its errors are found when they are read."""
    if name == "errors":
        _validate(frame, node, owner, frame.text(node))
    member = frame.engine.member(owner.cls, name)
    if isinstance(member, FunctionValue):
        return FunctionValue(member.function, owner)
    model = meta_model(frame, owner.cls)
    return Instance(model, is_traced=False) if name == "instance" and model else Bound(owner, name)


def call(frame: Frame, node: ast.Call, owner: Built, name: str) -> Value:
    """Note what a method of a form asks."""
    model = meta_model(frame, owner.cls)
    commit = keyword(node, "commit") or (node.args[0] if node.args else None)
    is_kept = isinstance(commit, ast.Constant) and not commit.value
    text = f"{frame.text(node.func)}()"
    if name in VALIDATING:
        _validate(frame, node, owner, text)
    elif (name == "save" and model is not None and not is_kept) or (
        name in SHOWING and any(_chooses_rows(frame, owner.cls))
    ):
        frame.ask(node, "DAS015", f"{text} {ADVICE}", 2)
    return Instance(model) if name == "save" and model else UNKNOWN


def _validate(frame: Frame, node: ast.expr, owner: Built, text: str) -> None:
    if "errors" in owner.done or not (owner.args or owner.kwargs):
        return  # it keeps its errors, and one that got no data has none
    if validation_asks(frame, owner.cls):
        frame.ask(node, "DAS015", f"{text} {ADVICE}", 2)
    else:
        run_own(frame, node, owner, "DAS015", lambda name: name == "clean" or name.startswith("clean_"))
    frame.became(owner, replace(owner, done=owner.done | {"errors"}))


def run_own(frame: Frame, node: ast.expr, owner: Built, code: str, is_run: Callable[[str], bool]) -> None:
    """Note what those methods ask that the project has written for a form or serializer to call."""
    for name in sorted({name for base in owner.cls.mro for name in base.members if is_run(name)}):
        method = frame.engine.member(owner.cls, name)
        if isinstance(method, FunctionValue):
            frame.absorb(frame.engine.summary(method.function, owner, (), {}).events, method.function, node, code)


def meta_model(frame: Frame, cls: Class) -> Class | None:
    """Return the model that a form's or serializer's Meta names."""
    meta = cls.inner("Meta")
    value = frame.engine.member(meta, "model") if meta else UNKNOWN
    return value.cls if isinstance(value, ClassValue) else None


def validation_asks(frame: Frame, cls: Class) -> bool:
    """Tell whether validating asks: for a value that must be unique, or for the row that a choice names."""
    model = meta_model(frame, cls)
    fields = set(_names(frame, cls))
    for name, value in model.assignments() if model else ():
        if name in fields and isinstance(value, ast.Call):
            unique = keyword(value, "unique")
            if isinstance(unique, ast.Constant) and unique.value:
                return True
    return any(_chooses_rows(frame, cls))


def _chooses_rows(frame: Frame, cls: Class) -> list[str]:
    """Return the fields of a form whose choices are rows."""
    own = [name for name, value in cls.assignments() if isinstance(value, ast.Call) and _is_choice(value)]
    model = meta_model(frame, cls)
    return own + [name for name in _names(frame, cls) if model and name in model.relations]


def _is_choice(value: ast.Call) -> bool:
    return last_name(value.func) in ("ModelChoiceField", "ModelMultipleChoiceField", "PrimaryKeyRelatedField")


def _names(frame: Frame, cls: Class) -> list[str]:
    """Return the fields of a model that a form's Meta names."""
    meta, model = cls.inner("Meta"), meta_model(frame, cls)
    found = meta.member("fields") if meta else None
    value = getattr(found[1], "value", None) if found else None
    if isinstance(value, ast.List | ast.Tuple):
        return [part.value for part in value.elts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return [*model.fields] if model and isinstance(value, ast.Constant) else []


@on_call(*PAGINATORS)
def paginator(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Keep what is divided into pages."""
    return OutsideInstance("Paginator", (args[0] if args else kwargs.get("object_list", UNKNOWN),))


def _counts(frame: Frame, node: ast.expr, owner: OutsideInstance) -> Value:
    if COUNTED not in owner.args and isinstance(owner.args[0], QuerySet) and not owner.args[0].is_evaluated:
        frame.ask(node, "DAS015", f"{frame.text(node)} counts rows; use it in sync_to_async, or AsyncPaginator")
        frame.became(owner, replace(owner, args=(*owner.args, COUNTED)))
    return UNKNOWN


@on_call("Paginator.page", "Paginator.get_page", "Paginator.get_elided_page_range")
def pages(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Count the rows to learn which pages there are."""
    owner = args[0]
    if not isinstance(owner, OutsideInstance):
        return Constant(None)
    _counts(frame, node, owner)
    return OutsideInstance("Page", owner.args)


@on_call("django.core.paginator.AsyncPaginator")
def async_paginator(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Keep what is divided into pages."""
    return OutsideInstance("AsyncPaginator", (args[0] if args else kwargs.get("object_list", UNKNOWN),))


@on_call("AsyncPaginator.aget_page", "AsyncPaginator.apage")
def async_pages(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Return a page of rows that are not loaded yet."""
    owner = args[0]
    return Coroutine(OutsideInstance("Page", owner.args) if isinstance(owner, OutsideInstance) else UNKNOWN)


def _rows(frame: Frame, node: ast.expr, owner: OutsideInstance) -> Value:
    rows = owner.args[0]
    return replace(rows, is_manager=False) if isinstance(rows, QuerySet) else rows


hooks.ATTRIBUTES["Page.object_list"] = _rows
hooks.ATTRIBUTES.update(dict.fromkeys(("Paginator.num_pages", "Paginator.count", "Paginator.page_range"), _counts))
