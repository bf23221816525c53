"""Django's generic views: which of their methods ask the database, and what they show."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.static import hooks, querysets, templates
from async_audit.static.classes import Class
from async_audit.static.hooks import on_call
from async_audit.static.values import (
    NONE,
    UNKNOWN,
    ClassValue,
    Constant,
    FunctionValue,
    Instance,
    Mapping,
    OutsideInstance,
    QuerySet,
    Request,
    Value,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment

PACKAGES = ("django.views.generic", "rest_framework.generics", "rest_framework.viewsets")
OF_ONE = ("DetailView", "UpdateView", "DeleteView", "SingleObjectMixin", "APIView", "ViewSet")
HANDLING = ("get", "post", "put", "delete", "retrieve", "update", "partial_update", "destroy", "list", "create")
WITHOUT_ROWS = {"View", "RedirectView", "FormView"}
RESPONSE = "TemplateResponse"


def method(
    frame: Frame, node: ast.Call, owner: Instance, name: str, args: list[Value], kwargs: Environment
) -> Value | None:
    """Return what a method of a generic view gives, and note what it asks; None for what is not one's."""
    kinds = {base.rpartition(".")[2] for base in owner.cls.outside_bases if base.startswith(PACKAGES)}
    if not kinds:
        return None
    if name == "get_queryset":
        return _rows(frame, owner)
    if name == "get_object" and any(kind.endswith(OF_ONE) for kind in kinds):
        _ask(frame, node)
        return querysets.row(_rows(frame, owner))
    if name == "get_context_data" and "ListView" in kinds and _is_paginated(frame, owner.cls):
        _ask(frame, node)
    elif name in HANDLING:
        return _handle(frame, node, owner, name, kinds)
    return None


hooks.METHODS.append(method)


def _ask(frame: Frame, node: ast.Call) -> None:
    frame.ask(node, "DAS001", f"{frame.text(node.func)}() asks the database; call it in sync_to_async", 2)


def _handle(frame: Frame, node: ast.Call, owner: Instance, name: str, kinds: set[str]) -> Value | None:
    """Note what a handler asks; a list's rows are asked for when the response is rendered."""
    if kinds & {"ListView", "TemplateView"}:
        if "ListView" in kinds and _is_paginated(frame, owner.cls):
            _ask(frame, node)
        template = frame.engine.member(owner.cls, "template_name")
        context: Environment = {"object_list": _rows(frame, owner)} if "ListView" in kinds else {}
        return OutsideInstance(RESPONSE, (template, Mapping(tuple(context.items())), Request()))
    if kinds & WITHOUT_ROWS or (kinds == {"CreateView"} and name == "get"):
        return None
    _ask(frame, node)
    return UNKNOWN


def _is_paginated(frame: Frame, cls: Class) -> bool:
    return isinstance(found := frame.engine.member(cls, "paginate_by"), Constant) and found != NONE


def _rows(frame: Frame, owner: Instance) -> QuerySet:
    """Return the rows of a view: those of its own get_queryset(), of its queryset, or all of its model."""
    own = frame.engine.member(owner.cls, "get_queryset")
    if isinstance(own, FunctionValue) and own.function is not frame.function:
        with frame.quietly():
            made = frame.engine.summary(own.function, owner, (), {}).result
        if isinstance(made, QuerySet):
            return made
    rows = frame.engine.member(owner.cls, "queryset")
    if isinstance(rows, QuerySet):
        return replace(rows, is_manager=False)
    model = frame.engine.member(owner.cls, "model")
    manager = querysets.of_model(frame, model.cls if isinstance(model, ClassValue) else None)
    return replace(manager, is_manager=False)


@on_call("django.template.response.TemplateResponse", "django.template.response.SimpleTemplateResponse")
def template_response(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Keep the template and its context; Django renders it in a thread after an async view has returned it."""
    name = kwargs.get("template") or next((value for value in args if isinstance(value, Constant)), UNKNOWN)
    context = kwargs.get("context") or next((value for value in args if isinstance(value, Mapping)), Mapping(()))
    return OutsideInstance(RESPONSE, (name, context, args[0] if args else UNKNOWN))


@on_call(f"{RESPONSE}.render")
def renders(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Render the template here."""
    match args[0]:
        case OutsideInstance(args=(Constant(value=str(name)), context, request)):
            return templates.render(frame, node, [request, Constant(name), context], {})
    return UNKNOWN
