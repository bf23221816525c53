"""What an annotation says of a value."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from async_audit.static.values import (
    UNKNOWN,
    ClassValue,
    Constant,
    Coroutine,
    Instance,
    Items,
    Many,
    Mapping,
    Outside,
    OutsideInstance,
    QuerySet,
    Request,
    Value,
    join,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame

REQUESTS = {
    "django.http.HttpRequest",
    "django.http.request.HttpRequest",
    "django.core.handlers.asgi.ASGIRequest",
    "django.core.handlers.wsgi.WSGIRequest",
    "rest_framework.request.Request",
}
MANY = {"list", "List", "set", "Set", "frozenset", "Sequence", "Iterable", "Iterator", "Collection", "AsyncIterator"}
MANY |= {"AsyncIterable", "AsyncGenerator", "Generator", "deque"}
SAYS_NOTHING = {"typing.Any", "builtins.object", "typing.Callable", "collections.abc.Callable"}
DICTS = {"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict", "ChainMap"}
SAME = {"Optional", "Annotated", "Final", "ClassVar", "Union"}


def annotated(node: ast.expr, frame: Frame) -> Value:
    """Return what an annotation says: an instance of a class, a queryset, a request, or nothing that is known."""
    match node:
        case ast.Constant(value=str(text)):
            try:
                return annotated(ast.parse(text, mode="eval").body, frame)
            except (SyntaxError, ValueError):
                return UNKNOWN
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return join(annotated(left, frame), annotated(right, frame))
        case ast.Subscript(value=outer, slice=inner):
            return _generic(outer, inner, frame)
        case ast.Name(id="Self") if frame.function.cls:
            return Instance(frame.function.cls, is_traced=False)
        case ast.Name() | ast.Attribute():
            return _instance(frame.names.resolve(node, frame.module))
    return UNKNOWN


def _generic(outer: ast.expr, inner: ast.expr, frame: Frame) -> Value:
    name = outer.attr if isinstance(outer, ast.Attribute) else outer.id if isinstance(outer, ast.Name) else ""
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name in SAME:
        kinds = [annotated(part, frame) for part in (parts if name == "Union" else parts[:1])]
        return next((kind for kind in kinds if kind is not UNKNOWN), UNKNOWN)
    if name in MANY:
        return Many(annotated(parts[0], frame))
    if name in ("tuple", "Tuple"):
        kinds = [annotated(part, frame) for part in parts]
        is_endless = len(parts) == 2 and isinstance(parts[1], ast.Constant)
        return Many(kinds[0]) if is_endless else Items(tuple(kinds))
    if name in ("QuerySet", "BaseManager", "Manager", "RelatedManager"):
        row = annotated(parts[0], frame)
        return QuerySet(row.cls if isinstance(row, Instance) else None, is_manager="Manager" in name, is_traced=False)
    if name in DICTS and len(parts) == 2:
        return Mapping((), annotated(parts[1], frame))
    if name in ("Awaitable", "Coroutine"):
        return Coroutine(annotated(parts[-1], frame))
    return annotated(outer, frame)


def _instance(value: Value) -> Value:
    match value:
        case ClassValue(cls) if "django.http.HttpRequest" in cls.outside_bases:
            return Request()
        case ClassValue(cls):
            return Instance(cls, is_traced=False)
        case Outside(name) if name in REQUESTS:
            return Request()
        case Outside(name) if name in ("django.db.models.QuerySet", "django.db.models.query.QuerySet"):
            return QuerySet(None)
        case Outside(name) if name not in SAYS_NOTHING:
            return OutsideInstance(name)
        case Constant():
            return value
    return UNKNOWN
