"""What Django, Channels and asgiref do with the project's functions and objects."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.static import twins
from async_audit.static.syntax import last_name
from async_audit.static.values import (
    EVERYTHING,
    UNKNOWN,
    Bound,
    ClassValue,
    Coroutine,
    FunctionValue,
    Guarded,
    Instance,
    Items,
    LazyUser,
    Many,
    OneOf,
    Outside,
    OutsideInstance,
    Partial,
    QuerySet,
    Request,
    Session,
    Threaded,
    Value,
    alternatives,
    one_of,
)

if TYPE_CHECKING:
    from async_audit.static.classes import Class
    from async_audit.static.engine import Engine
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment, Function
    from async_audit.static.modules import Module
    from async_audit.static.names import Names

Call = Callable[["Frame", ast.Call, list[Value], "Environment"], Value]

CALLS: dict[str, Call] = {}  # what calling something outside of the project does, by its name
ATTRIBUTES: dict[str, Callable[[Frame, ast.expr, OutsideInstance], Value]] = {}  # what reading one of theirs does
# What a method does that a base outside of the project gives to an object; None from those that do not know it.
METHODS: list[Callable[[Frame, ast.Call, Instance, str, list[Value], Environment], Value | None]] = []
CONTEXTS: dict[str, str] = {}  # context managers of Django that ask the database, with their code
PROPERTIES = {"property", "cached_property", "hybrid_property"}
WRAPPERS = {
    "asgiref.sync.sync_to_async",
    "asgiref.sync.SyncToAsync",
    "channels.db.database_sync_to_async",
    "channels.db.DatabaseSyncToAsync",
    "channels.auth.database_sync_to_async",
    "starlette.concurrency.run_in_threadpool",
    "fastapi.concurrency.run_in_threadpool",
}
# Their sessions are not in the database.
OTHER_SESSIONS = ("signed_cookies", "file", "cache")  # and not cached_db
PROTOCOL = {
    "connection_made",
    "connection_lost",
    "data_received",
    "datagram_received",
    "eof_received",
    "error_received",
}
HANDLERS = {"connect", "receive", "receive_json", "disconnect", "websocket_connect", "websocket_receive", "handle"}
SESSION_WRITES = {"save", "create", "delete", "flush", "cycle_key", "load", "exists"}


def on_call(*names: str) -> Callable[[Call], Call]:
    """Register what calling something outside of the project does."""

    def register(call: Call) -> Call:
        CALLS.update(dict.fromkeys(names, call))
        return call

    return register


def _decorated_by(function: Function, names: set[str]) -> bool:
    return any(last_name(node) in names for node in function.decorators)


def is_property(function: Function) -> bool:
    """Tell whether a method is called by reading an attribute."""
    return _decorated_by(function, PROPERTIES)


def is_cached(function: Function) -> bool:
    """Tell whether a property keeps what it gave when it was first read."""
    return _decorated_by(function, {"cached_property"})


def is_static(function: Function) -> bool:
    """Tell whether a method gets no self."""
    return _decorated_by(function, {"staticmethod"})


def is_classmethod(function: Function) -> bool:
    """Tell whether a method gets its class."""
    return _decorated_by(function, {"classmethod"}) or function.name in ("__new__", "__init_subclass__")


def instance_of(cls: Class) -> Value:
    """Return the self of a class's methods."""
    bases = cls.outside_bases
    if any(base.endswith(("db.models.QuerySet", "models.query.QuerySet")) for base in bases):
        return QuerySet(None, cls)
    if any(base.endswith(("db.models.Manager", "BaseManager", "models.manager.Manager")) for base in bases):
        return QuerySet(None, cls, is_manager=True)
    return Instance(cls, is_traced=False)


def may_run_on_loop(module: Module) -> bool:
    """Tell whether a module may have plain functions that a framework runs on the loop."""
    return "asyncio" in module.names or any("Consumer" in name or "Protocol" in name for name in module.names)


def runs_on_loop(engine: Engine, function: Function) -> bool:
    """Tell whether a loop runs a plain function: an async consumer awaits its handlers, plain or not."""
    if function.cls and function.name in HANDLERS:
        return any(base.startswith("channels.") and ".Async" in base for base in function.cls.outside_bases)
    if function.cls and function.name in PROTOCOL:
        return any(base.startswith("asyncio.") and base.endswith("Protocol") for base in function.cls.outside_bases)
    return False


def is_authenticated_before(engine: Engine, function: Function) -> bool:
    """Tell whether a view is one of adrf's, which authenticates in a thread before it calls it."""
    names = [engine.names.resolve(getattr(node, "func", node), function.module) for node in function.decorators]
    bases = function.cls.outside_bases if function.cls else ()
    return any(name.startswith("adrf.") for name in [*bases, *(n.name for n in names if isinstance(n, Outside))])


def dispatched(engine: Engine, function: Function) -> Request:
    """Return the request that a view gets, with what its class's dispatch() has loaded before."""
    request = Request(is_authenticated_before(engine, function))
    if function.cls and function.name != "dispatch":
        method = engine.member(function.cls, "dispatch")
        if isinstance(method, FunctionValue) and method.function.module.is_own:
            known = engine.summary(method.function, engine.self_of(method.function), (), {}).taught.get("request")
            return known if isinstance(known, Request) else request
    return request


def serves_graphql_on_loop(names: Names, near: Module) -> bool:
    """Tell whether a project imports one of Strawberry's async views."""
    return any(
        binding in (("strawberry.django.views", "AsyncGraphQLView"), ("strawberry.fastapi", "GraphQLRouter"))
        or (isinstance(binding, tuple) and binding[0] == "strawberry.asgi")
        or (isinstance(binding, tuple) and binding[0].startswith("strawberry.channels"))
        for module in names.files.together(near)
        for binding in module.names.values()
    )


def is_wrapper(engine: Engine, value: Value) -> bool:
    """Tell whether a function takes another one and has it called in a thread."""
    if isinstance(value, ClassValue):
        return bool(value.cls.outside_bases & WRAPPERS)
    if isinstance(value, Partial):
        return not value.args and is_wrapper(engine, value.inner)
    return isinstance(value, Outside) and (value.name in WRAPPERS or value.name in engine.wrappers)


def decorate(frame: Frame, node: ast.expr, value: Value) -> Value:
    """Return what a decorator makes of a function."""
    if last_name(node) in PROPERTIES | {"staticmethod", "classmethod"}:
        return value
    with frame.quietly():
        decorator = frame.eval(node)
        if isinstance(decorator, Outside) and (code := CONTEXTS.get(decorator.name.removesuffix("()"))):
            return Guarded(value, code, frame.text(node))
        if decorator == Outside("asgiref.sync.async_to_sync"):
            return Partial(Outside("async_to_sync"), (value,), ())
        if is_wrapper(frame.engine, decorator):
            return Threaded(value, frame.text(node).split("(")[0])
        if isinstance(decorator, FunctionValue | Threaded | ClassValue | Instance | Bound | Partial):
            from async_audit.static import calls

            made = calls.apply(frame, ast.Call(node, [], [], lineno=node.lineno, col_offset=0), decorator, [value], {})
            made = alternatives(made)[0]
            is_called = isinstance(made, Instance) and (made.cls.member("__call__") or made.cls.member("__get__"))
            return made if is_called or isinstance(made, FunctionValue | Threaded) else value
    return value


def enter(frame: Frame, node: ast.expr, value: Value, is_async: bool) -> Value:
    """Note what `with` asks, and return what it gives."""
    match value:
        case Outside(name):
            name = name.removesuffix("()")
        case Coroutine():
            return frame.awaited(value)
        case Items(elements=(Outside(name=str(name)), *_)):
            pass
        case Instance():
            entered = frame.special(node, value, "__enter__")
            return value if entered is None else entered
        case OneOf(values):
            return one_of(enter(frame, node, each, is_async) for each in values)
        case _:
            return value
    if code := CONTEXTS.get(name):
        what = "asks the database" if not is_async else "is no async context manager"
        frame.ask(node, code, f"{frame.text(node)} {what}; put the whole block into a function for sync_to_async")
    return UNKNOWN


def show(frame: Frame, node: ast.expr, value: Value) -> None:
    """Note what making a text of a value asks: a queryset is evaluated, a row runs its own __str__."""
    match value:
        case QuerySet():
            frame.iterate(node, value, "its text shows rows")
        case LazyUser():
            use_user(frame, node, value)
        case Coroutine():
            frame.unawaited(node, value, "its text is that of a coroutine")
        case Many() | Items():
            show(frame, node, frame.element(value))
        case OneOf(values):
            for each in values:
                show(frame, node, each)
        case OutsideInstance(args=args):
            for each in args:
                show(frame, node, each)
        case Instance(cls):
            method = frame.engine.member(cls, "__str__")
            if isinstance(method, FunctionValue) and method.function.module.is_own:
                summary = frame.engine.summary(method.function, value, (), {})
                frame.learn(method.function, summary, [value], {})
                frame.absorb(summary.events, method.function, node, "DAS013", f"the text of {frame.text(node)}")


def is_generic(cls: Class, name: str) -> bool:
    """Tell whether an attribute of a model is a generic relation."""
    relation = cls.relations.get(name)
    return relation is not None and relation.kind == "generic"


def assigned(frame: Frame, target: ast.Attribute, value: Value) -> None:
    """Note what Django's message asks when a relation gets a row of a wrong model: it shows both."""
    with frame.quietly():
        owner = frame.eval(target.value)
    if isinstance(owner, Request) and target.attr == "user":
        frame.became(owner, replace(owner, has_user=True))
    if not (isinstance(owner, Instance) and owner.cls.is_model):
        return
    name = target.attr
    relation = owner.cls.relations.get(name)
    if relation and relation.kind != "many":
        if isinstance(value, Instance) and value.cls.is_model:
            if relation.target and relation.target not in value.cls.mro:
                show(frame, target, value)
            is_tree = value.cls is owner.cls  # which is put together by hand, so each may have what another gets
            behind = [f"{name}__{inner}" for inner in ([EVERYTHING] if is_tree else value.loaded)]
        else:
            behind = [f"{name}__{EVERYTHING}"]  # nothing is known of it
        frame.loaded_from_now_on(target, owner, name, *behind)
    elif name.endswith("_id") and name[:-3] in owner.cls.relations and EVERYTHING not in owner.loaded:
        name = name[:-3]  # with another key, another row is asked for
        loaded = frozenset(path for path in owner.loaded if path.partition("__")[0] != name)
        frame.became(owner, replace(owner, loaded=loaded))
        path = f"{frame.text(target.value)}.{name}"
        frame.forget(path)
        frame.env.pop(path, None)


def use_user(frame: Frame, node: ast.expr, lazy: LazyUser | None = None) -> Value:
    """Note that request.user is loaded; it stays loaded."""
    frame.ask(node, "DAS008", "request.user asks the database when it is used; await request.auser() instead")
    found = user(frame)
    if lazy:
        _loaded(frame, lazy, found, has_user=True, has_session=True)
    return found


def loaded_session(frame: Frame, session: Session) -> None:
    """Note that the data of a session is in memory."""
    if not session.is_loaded:
        _loaded(frame, session, replace(session, is_loaded=True), has_session=True)


def _loaded(frame: Frame, old: Value, new: Value, **facts: bool) -> None:
    """Note that what hangs on a request is loaded, for the request too."""
    frame.became(old, new)
    known = frame.scope()
    for path, value in known.items():
        owner = known.get(path.rpartition(".")[0])
        if value is new and isinstance(owner, Request):
            frame.became(owner, replace(owner, **facts))


def has_middleware_used_user(frame: Frame) -> bool:
    """Tell whether a sync middleware, which runs in a thread, has asked for the user before any view begins."""
    return frame.names.middleware_uses_user(frame.module)


def user(frame: Frame) -> Value:
    """Return a row of the model of users."""
    cls = frame.names.models.user(frame.module)
    return Instance(cls, is_traced=True) if cls else UNKNOWN


def use_session(frame: Frame, node: ast.expr, session: Session, name: str) -> None:
    """Note that a session asks the database, unless settings keep sessions elsewhere."""
    if frame.names.settings(frame.module).strings.get("SESSION_ENGINE", "").rpartition(".")[2] in OTHER_SESSIONS:
        return
    is_read = name.removesuffix("()") not in SESSION_WRITES
    if is_read and session.is_loaded:
        return
    tier = 3 if session.is_of_scope and is_read and not frame.names.has_lazy_sessions(frame.module) else 1
    text = f"the session's {name} asks the database; use its async twin, or database_sync_to_async"
    frame.ask(node, "DAS008", text, tier)
    if is_read:
        loaded_session(frame, session)


def of_scope(frame: Frame, name: object) -> Value:
    """Return what a Channels scope has: its middleware has loaded the user, and not what leads on from it."""
    if name == "user":
        return user(frame)
    return Session(is_of_scope=True) if name == "session" else UNKNOWN


def session_asks(name: str) -> bool:
    """Tell whether a method of a session asks the database."""
    return name in twins.of_sessions()
