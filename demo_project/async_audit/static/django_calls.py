"""What functions of Django ask the database, and what they give."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.static import hooks, querysets, twins
from async_audit.static.functions import Event
from async_audit.static.hooks import on_call
from async_audit.static.notes import place
from async_audit.static.values import (
    EVERYTHING,
    NONE,
    UNKNOWN,
    Bound,
    ClassValue,
    Constant,
    Coroutine,
    FunctionValue,
    Instance,
    Items,
    Many,
    Outside,
    QuerySet,
    Request,
    Value,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment

Args = list[Value]


@on_call("django.core.serializers.serialize")
def serializes(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Go through the rows."""
    if len(args) > 1:
        frame.iterate(node.args[1], args[1], "serialize() goes through it", node)
    return UNKNOWN


@on_call("django.db.models.prefetch_related_objects", "django.db.models.query.prefetch_related_objects")
def prefetches(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Ask for the relations of rows."""
    frame.ask(node, "DAS001", "prefetch_related_objects() asks the database; await aprefetch_related_objects() instead")
    _have_loaded(frame, node, args)
    return UNKNOWN


@on_call("django.db.models.aprefetch_related_objects", "django.db.models.query.aprefetch_related_objects")
def aprefetches(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Load the relations of rows."""
    _have_loaded(frame, node, args)
    return frame.coroutine(node, UNKNOWN, "aprefetch_related_objects()")


def _have_loaded(frame: Frame, node: ast.Call, args: Args) -> None:
    """Note which relations the rows have loaded that prefetch_related_objects() got."""
    with frame.quietly():
        row = frame.element(args[0]) if args else UNKNOWN
        if isinstance(row, Instance):
            made = querysets.chained(frame, node, QuerySet(row.cls), "prefetch_related", args[1:], {})
            is_open = any(isinstance(part, ast.Starred) for part in node.args)
            loaded = (made.loaded if isinstance(made, QuerySet) else frozenset()) | {EVERYTHING for _ in range(is_open)}
            frame.became(row, replace(row, loaded=row.loaded | loaded))


@on_call(
    *(f"django.test.{kind}.{name}" for kind in ("RequestFactory", "AsyncRequestFactory") for name in ("get", "post"))
)
def makes_request(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return a request."""
    return Request()


def _asks(name: str, twin: str) -> None:
    code = "DAS009" if "auth" in name else "DAS001"

    @on_call(name)
    def asks(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
        first = args[0] if args else UNKNOWN
        if isinstance(first, ClassValue):
            first = querysets.of_model(frame, first.cls)
        row = querysets.row(first) if code == "DAS001" and isinstance(first, QuerySet) else hooks.user(frame)
        if code == "DAS009" and isinstance(first, Request):
            has_user = first.has_user or name.endswith(("login", "logout"))
            frame.became(first, replace(first, has_user=has_user, has_session=True))
        frame.ask(node, code, f"{frame.text(node.func)}() asks the database; await {twin}() instead")
        return Many(row) if "list" in name else row

    @on_call(f"{name.rpartition('.')[0]}.{twin}")
    def awaits(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
        with frame.quietly():
            return Coroutine(asks(frame, node, args, kwargs), f"{twin}()")


for function, asynchronous in twins.functions().items():
    if "hash" not in function and not function.endswith("get_user_model"):
        _asks(function, asynchronous)


@on_call("django.contrib.auth.get_user_model")
def get_user_model(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return the model of users."""
    cls = frame.names.models.user(frame.module)
    return ClassValue(cls) if cls else UNKNOWN


@on_call("django.apps.apps.get_model", "django.apps.get_model")
def get_model(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return the model of a name."""
    name = ".".join(str(value.value) for value in args if isinstance(value, Constant))
    cls = frame.names.models.named(name, frame.module) if name else None
    return ClassValue(cls) if cls else UNKNOWN


@on_call("django.db.models.Prefetch", "django.db.models.query.Prefetch")
def prefetch(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return the relation that is prefetched, and its query."""
    lookup = args[0] if args else kwargs.get("lookup", UNKNOWN)
    query = args[1] if len(args) > 1 else kwargs.get("queryset", UNKNOWN)
    return Items((lookup, query, args[2] if len(args) > 2 else kwargs.get("to_attr", NONE)))


@on_call(".auser")
def auser(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return the user of a request, which is loaded."""
    return Coroutine(hooks.user(frame))


@on_call("rest_framework.authentication.TokenAuthentication.authenticate_credentials")
@on_call("rest_framework_simplejwt.authentication.JWTAuthentication.get_user")
def authenticates(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Look for the user of a token."""
    frame.ask(node, "DAS009", f"{frame.text(node.func)}() asks the database; call it in database_sync_to_async")
    return hooks.user(frame)


@on_call("channels.auth.get_user")
def channels_get_user(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
    """Return the user of a scope, which is loaded."""
    return Coroutine(hooks.user(frame))


def _connection(name: str, code: str, is_context: bool) -> None:
    if is_context:
        hooks.CONTEXTS[name] = code

    @on_call(name)
    def asks(frame: Frame, node: ast.Call, args: Args, kwargs: Environment) -> Value:
        if is_context and not args:
            return Outside(f"{name}()")
        if args and is_context and isinstance(args[0], FunctionValue | Bound):
            return hooks.Guarded(args[0], code, frame.text(node.func))
        if name.endswith("on_commit") and args and isinstance(args[0], FunctionValue) and args[0].function.is_async:
            text = f"on_commit() calls {args[0].function.name}() and does not await it; pass async_to_sync of it"
            frame.engine.report(frame.function, [Event("DAS007", text, *place(node), 1)])  # in whatever thread
            return UNKNOWN
        frame.ask(node, code, f"{frame.text(node.func)}() asks the database connection; call it in sync_to_async")
        return UNKNOWN


def _connections() -> None:
    _connection("django.db.transaction.atomic", "DAS011", True)
    _connection("django.db.connection.cursor", "DAS012", False)
    _connection("django.db.connections.cursor", "DAS012", False)
    _connection("django.db.connection.schema_editor", "DAS012", True)
    both = ["commit", "rollback", "savepoint", "savepoint_commit", "savepoint_rollback", "clean_savepoints"]
    for name in ["on_commit", "set_autocommit", *both]:
        _connection(f"django.db.transaction.{name}", "DAS011", False)
    for name in ["ensure_connection", "connect", "close", "get_new_connection", "chunked_cursor", *both]:
        _connection(f"django.db.connection.{name}", "DAS012", False)


_connections()
