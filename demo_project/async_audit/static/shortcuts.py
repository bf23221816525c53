"""What Django's shortcuts do with the rows and querysets that they get."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from async_audit.static import calls, hooks, querysets
from async_audit.static.attributes import attribute
from async_audit.static.hooks import on_call
from async_audit.static.values import (
    NONE,
    UNKNOWN,
    Bound,
    ClassValue,
    FunctionValue,
    Instance,
    Items,
    Many,
    Mapping,
    Outside,
    QuerySet,
    Value,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment

Args = list[Value]
SITE = "django.contrib.sites"  # as the name of a variable, which tells that the site was asked for


@on_call("django.shortcuts.redirect", "django.shortcuts.resolve_url")
def redirects(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Ask the row for its address."""
    if args and isinstance(args[0], Instance) and isinstance(args[0].cls.member("get_absolute_url"), tuple):
        calls.apply(frame, node, attribute(frame, node, args[0], "get_absolute_url"), [], {})
    return UNKNOWN


@on_call("django.forms.models.model_to_dict", "django.forms.model_to_dict")
def model_to_dict(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Go through a row's many-to-many relations, which foreign keys are none of: their column is enough."""
    row = args[0] if args else UNKNOWN
    if not isinstance(row, Instance) or not row.is_traced:
        return UNKNOWN
    wanted = kwargs.get("fields") or (args[1] if len(args) > 1 else None)
    names = _texts(wanted)
    left_out = _texts(kwargs.get("exclude")) or []
    for name in row.cls.own_many():
        relation = row.cls.relations.get(name)
        if relation and name not in left_out and (names is None or name in names):
            manager = querysets.related(frame, row, name, relation.target, relation.back)
            if not manager.is_evaluated:
                text = f"{frame.text(node)} goes through {name}, which was not prefetched"
                frame.ask(node, "DAS002", text, manager.surety)
                break
    return UNKNOWN


def _texts(value: Value | None) -> list[object] | None:
    if not isinstance(value, Items):
        return None
    return [getattr(element, "value", None) for element in value.elements]


@on_call(*(f"django.core.cache.{name}.{method}" for name in ("cache", "caches") for method in ("set", "add")))
def stores_in_cache(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Pickle the value, for which a queryset is evaluated."""
    for part, value in [*zip(node.args[1:2], args[1:2], strict=False), *_named(node, kwargs, "value")]:
        if isinstance(value, QuerySet):
            frame.iterate(part, value, f"{frame.text(node.func)}() pickles it", node)
    return UNKNOWN


def _named(node: ast.Call, kwargs: Environment, name: str) -> list[tuple[ast.expr, Value]]:
    return [(given.value, kwargs[name]) for given in node.keywords if given.arg == name and name in kwargs]


@on_call(querysets.CURRENT_SITE)
def current_site(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Ask for the site, of which there is a row if the application of sites is installed, and which is kept."""
    is_kept = frame.env.get(SITE) == NONE
    frame.env[SITE] = NONE
    if not is_kept and SITE in frame.names.installed_apps(frame.module):
        frame.ask(node, "DAS001", f"{frame.text(node.func)}() asks the database until its cache is warm", 2)
    return UNKNOWN


@on_call("django.http.HttpResponse", "django.http.StreamingHttpResponse", "django.http.response.HttpResponse")
@on_call("django.http.response.StreamingHttpResponse")
def responds(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Begin with the content at once: a queryset is evaluated, a generator of a stream is not begun."""
    if args and node.args:
        is_stream = frame.text(node.func).endswith("StreamingHttpResponse")
        if isinstance(args[0], QuerySet) or (isinstance(args[0], Many) and not is_stream):
            frame.iterate(node.args[0], args[0], f"{frame.text(node.func)}() goes through it", node)
    return UNKNOWN


@on_call("json.dumps", "json.dump", "django.http.JsonResponse", "django.http.response.JsonResponse")
def dumps(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Hand to an encoder of the project, or a function, what JSON has no form for."""
    encoder = kwargs.get("cls") or kwargs.get("encoder")
    default: Value | None = kwargs.get("default")
    if isinstance(encoder, ClassValue):
        found = frame.engine.member(encoder.cls, "default")
        default = FunctionValue(found.function, Instance(encoder.cls)) if isinstance(found, FunctionValue) else None
    for value in _without_form(args[0]) if args else ():
        if default is not None and not (isinstance(value, QuerySet) and isinstance(default, Outside)):
            calls.apply(frame, node, default, [value], {})
        elif isinstance(value, QuerySet) and node.args:
            frame.iterate(node.args[0], value, f"{frame.text(node.func)}() goes through it", node)
    return UNKNOWN


def _without_form(value: Value) -> list[Value]:
    match value:
        case Mapping(items):
            return [found for _, inner in items for found in _without_form(inner)]
        case Items(elements):
            return [found for inner in elements for found in _without_form(inner)]
        case Many(element):
            return _without_form(element)
        case Instance() | QuerySet():
            return [value]
    return []


@on_call(".enter_context", ".enter_async_context")
def enters_context(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Enter the argument, as `with` does."""
    return _enter(frame, node.args[0], args[1]) if len(args) > 1 and node.args else UNKNOWN


@on_call(".__enter__")
def enters(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Enter the object, as `with` does."""
    return _enter(frame, node.func.value, args[0]) if isinstance(node.func, ast.Attribute) and args else UNKNOWN


def _enter(frame: Frame, node: ast.expr, value: Value) -> Value:
    return value if isinstance(value, Bound) else hooks.enter(frame, node, value, is_async=False)
