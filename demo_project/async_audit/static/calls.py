"""What a call gives, and what it asks: of the project's functions and classes, and of methods that Django defines."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.static import containers, fields, forms, hooks, querysets, serializers, twins
from async_audit.static.attributes import bind
from async_audit.static.functions import Environment
from async_audit.static.syntax import dotted, last_name
from async_audit.static.values import (
    NOTHING,
    UNKNOWN,
    Bound,
    Built,
    ClassValue,
    Constant,
    Coroutine,
    FunctionValue,
    Guarded,
    Instance,
    Items,
    Many,
    Mapping,
    OneOf,
    Outside,
    OutsideInstance,
    Partial,
    QuerySet,
    Request,
    Session,
    Super,
    Threaded,
    Value,
    kept,
    one_of,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame

BUILT = ("Serializer", "Form", "FormSet", "Paginator")


def call(frame: Frame, node: ast.Call) -> Value:
    """Return what a call expression gives."""
    if isinstance(node.func, ast.Name) and node.func.id == "super":
        return _super(frame)
    callee = frame.eval(node.func)
    args, kwargs = arguments(frame, node, callee)
    return apply(frame, node, callee, args, kwargs)


def _super(frame: Frame) -> Value:
    function = frame.function
    owner = frame.env.get(frame.self_name) or function.closure.get("self")
    return Super(owner, function.cls) if function.cls and owner else UNKNOWN


def arguments(frame: Frame, node: ast.Call, callee: Value) -> tuple[list[Value], Environment]:
    """Return the arguments of a call; those that a wrapper gets are done on the loop, before it is called."""
    before = len(frame.summary.events)
    args: list[Value] = []
    for part in node.args:
        if isinstance(part, ast.Starred):
            value = frame.eval(part.value)
            if isinstance(value, Items):
                args.extend(value.elements)
            else:
                frame.iterate(part.value, value, "it is unpacked")
                break
        elif isinstance(part, ast.GeneratorExp) and (
            isinstance(callee, Threaded) or callee == Outside("asyncio.to_thread")
        ):
            args.append(frame.only_made(part))
        else:
            args.append(frame.eval(part))
    kwargs: Environment = {}
    for given in node.keywords:
        value = frame.eval(given.value)
        if given.arg:
            kwargs[given.arg] = value
        elif isinstance(value, Mapping):
            kwargs.update(value.items)
    takes = 1 if last_name(node.func) == "run_in_executor" else 0
    is_wrapper = hooks.is_wrapper(frame.engine, callee) or takes or callee == Outside("asyncio.to_thread")
    if is_wrapper and len(node.args) > takes and isinstance(node.args[takes], ast.Call | ast.Attribute):
        _mark_called(frame, node, before)
    return args, kwargs


def is_whole(node: ast.Call) -> bool:
    """Tell whether a call's arguments all stand there, and none comes out of something that is unpacked."""
    return all(given.arg for given in node.keywords) and not any(isinstance(part, ast.Starred) for part in node.args)


def _mark_called(frame: Frame, node: ast.Call, before: int) -> None:
    """Say of what a wrapper's argument has asked that it was called instead of passed."""
    events = frame.summary.events
    for number in range(before, len(events)):
        event = events[number]
        wrapper = frame.text(node.func)
        text = f"{wrapper}() gets the result of a call that asks the database first; pass it a function"
        events[number] = replace(event, code="DAS006", message=text)


def apply(frame: Frame, node: ast.Call, callee: Value, args: Sequence[Value], kwargs: Environment) -> Value:
    """Return what calling a value with arguments gives."""
    match callee:
        case OneOf(values):
            return one_of(apply(frame, node, each, args, kwargs) for each in values)
        case FunctionValue():
            return _function(frame, node, callee, args, kwargs)
        case Threaded(inner, wrapper):
            return frame.coroutine(node, _in_thread(frame, node, inner, wrapper, args, kwargs), f"{wrapper}(…)")
        case Guarded(inner, code, decorator):
            frame.ask(node, code, f"{frame.text(node.func)}() is in {decorator}, which asks the database")
            with frame.quietly():
                return apply(frame, node, inner, args, kwargs)
        case ClassValue() if hooks.is_wrapper(frame.engine, callee):
            return wrap(frame, node, callee, args)
        case ClassValue():
            return construct(frame, node, callee, args, kwargs)
        case Partial(inner, first, more):
            return apply(frame, node, inner, [*first, *args], {**dict(more), **kwargs})
        case Outside(name):
            if hooks.is_wrapper(frame.engine, callee):
                return wrap(frame, node, callee, args)
            if known := hooks.CALLS.get(name):
                return known(frame, node, list(args), kwargs)
            if name.endswith("Manager.from_queryset") and args:
                return args[0]
            if name.startswith("django.db.connection.introspection."):
                frame.ask(node, "DAS012", f"{frame.text(node.func)}() asks the database; call it in sync_to_async")
            if name.startswith("builtins.") and name.endswith(("Error", "Exception")):
                return OutsideInstance(name, tuple(args))
            return Outside(f"{name}()") if name in hooks.CONTEXTS else OutsideInstance(name)
        case Bound(owner, name):
            return _method(frame, node, owner, name, args, kwargs)
        case Instance(cls) if isinstance(method := frame.engine.member(cls, "__call__"), FunctionValue):
            return _function(frame, node, FunctionValue(method.function, callee), args, kwargs)
    return UNKNOWN


def _function(frame: Frame, node: ast.Call, callee: FunctionValue, args: Sequence[Value], kwargs: Environment) -> Value:
    function = callee.function
    if function.decorators and not callee.is_bare:
        made = frame.engine.decorated(function)
        if not (isinstance(made, FunctionValue) and made.function is function):
            bound = [callee.bound] if callee.bound is not None else []
            if (
                bound
                and isinstance(made, Instance)
                and isinstance(getter := frame.engine.member(made.cls, "__get__"), FunctionValue)
            ):
                made, bound = _function(frame, node, FunctionValue(getter.function, made), bound, {}), []
            return apply(frame, node, made, [*bound, *args], kwargs)
    summary = frame.engine.summary(function, callee.bound, args, kwargs, is_whole(node))
    frame.learn(function, summary, args if callee.bound is None else [callee.bound, *args], kwargs)
    # Each call gives an object of its own.
    result = summary.result
    if isinstance(result, QuerySet):
        result = replace(result, maybe=NOTHING, tested=result.tested | result.maybe)
    elif isinstance(result, Instance):
        result = replace(result)
    if function.is_async:
        return result if summary.is_generator else Coroutine(result)
    if summary.is_generator and isinstance(summary.result, Many):
        if "contextmanager" in map(last_name, function.decorators):
            frame.absorb(summary.events, function, node)
            return summary.result.element
        return replace(summary.result, pending=tuple(summary.events[:1]))
    frame.absorb(summary.events, function, node)
    return result


def _in_thread(
    frame: Frame, node: ast.Call, inner: Value, wrapper: str, args: Sequence[Value], kwargs: Environment
) -> Value:
    """Return what a function gives that works in a thread; what it hands out lazily stays lazy."""
    with frame.quietly():
        result = apply(frame, node, inner, args, kwargs)
    if isinstance(result, QuerySet) and not result.is_evaluated and not result.is_manager:
        return replace(result, wrapped_in=wrapper)
    return replace(result, wrapped_in=wrapper) if isinstance(result, Many) and result.pending else result


def wrap(frame: Frame, node: ast.Call, wrapper: Value, args: Sequence[Value]) -> Value:
    """Return a function in a wrapper such as sync_to_async; without one, the wrapper waits for it."""
    if args and isinstance(args[0], QuerySet):
        frame.ask(node, "DAS006", f"{frame.text(node)} wraps a queryset, which cannot be called; pass list, and it")
    return Threaded(args[0], frame.text(node.func)) if args else wrapper


def construct(frame: Frame, node: ast.Call, callee: ClassValue, args: Sequence[Value], kwargs: Environment) -> Value:
    """Return a new object of a class of the project; its __init__ may ask."""
    cls = callee.cls
    made = hooks.instance_of(cls)
    if isinstance(made, QuerySet):
        return made
    if any(base.endswith(BUILT) for base in cls.outside_bases):
        made = Built(cls, *bind(list(args), kwargs))
    elif cls.is_model:
        made = querysets.new(Instance(cls, frozenset(["*"] if args else [])), kwargs, is_whole(node))
    elif isinstance(made, Instance):
        made = replace(made, is_traced=True)
    if cls.is_model and (name := next((key for key in kwargs if hooks.is_generic(cls, key)), "")):
        frame.ask(node, "DAS020", f"{cls.name}({name}=…) asks for a content type until its cache is warm")
    method = frame.engine.member(cls, "__init__")
    if isinstance(method, FunctionValue) and method.function.module.is_own:
        summary = frame.engine.summary(method.function, made, args, kwargs, is_whole(node))
        code = ("DAS016" if serializers.is_serializer(cls) else "DAS015") if isinstance(made, Built) else ""
        frame.absorb(summary.events, method.function, node, code)
        if isinstance(made, Instance) and not cls.is_model:
            made = replace(made, held=kept(summary.stores))
    elif isinstance(made, Instance) and not cls.is_model and fields.is_made_of_fields(cls):
        made = _of_fields(frame, node, made, args, kwargs)
    return made


def _of_fields(frame: Frame, node: ast.Call, made: Instance, args: Sequence[Value], kwargs: Environment) -> Value:
    """Return an object whose fields are the arguments; its __post_init__ may ask."""
    stored = fields.stored(frame, made.cls, args, kwargs)
    made = replace(made, held=kept(stored))
    for name in ("__post_init__", "__attrs_post_init__", "model_post_init"):
        method = frame.engine.member(made.cls, name)
        if isinstance(method, FunctionValue):
            summary = frame.engine.summary(method.function, made, (), {})
            frame.absorb(summary.events, method.function, node)
            made = replace(made, held=kept({**stored, **summary.stores}))
    return made


def _method(frame: Frame, node: ast.Call, owner: Value, name: str, args: Sequence[Value], kwargs: Environment) -> Value:
    """Return what a method gives that the project does not define itself."""
    match owner:
        case QuerySet():
            return querysets.call(frame, node, owner, name, args, kwargs)
        case Super(inner):
            return _method(frame, node, inner, name, args, kwargs)
        case Instance(cls) if cls.is_model:
            return _of_row(frame, node, owner, name, kwargs)
        case Instance():
            made = (known(frame, node, owner, name, list(args), kwargs) for known in hooks.METHODS)
            if (found := next((value for value in made if value is not None), None)) is not None:
                return found
        case Items() | Many() | Mapping() if (found := containers.call(frame, owner, name, list(args))) is not None:
            return found
        case Built():
            module = serializers if serializers.is_serializer(owner.cls) else forms
            return module.call(frame, node, owner, name)
        case Session():
            if name[:1] == "a" and hooks.session_asks(name[1:]):
                if name not in ("aexists", "aload", "adelete"):
                    hooks.loaded_session(frame, owner)
                return frame.coroutine(node, UNKNOWN, f"{name}()")
            if hooks.session_asks(name):
                hooks.use_session(frame, node, owner, f"{name}()")
        case Request():
            if name == "auser":
                frame.became(owner, replace(owner, has_session=True))
                return frame.coroutine(node, hooks.user(frame), "auser()")
            return UNKNOWN
        case Outside(origin) if name in ("__enter__", "enter_context"):
            return hooks.CALLS[f".{name}"](frame, node, [owner, *args], kwargs)
        case OutsideInstance(origin) | Outside(origin):
            if known := hooks.CALLS.get(f"{origin}.{name}"):
                return known(frame, node, [owner, *args], kwargs)
            if known := hooks.CALLS.get(f".{name}"):
                return known(frame, node, [owner, *args], kwargs)
            return OutsideInstance(f"{origin}.{name}")
        case ClassValue(cls) if name == "as_manager":
            return QuerySet(None, cls, is_manager=True)
        case ClassValue(cls) if name == "from_queryset" and args:
            return args[0]
        case ClassValue() if known := hooks.CALLS.get(f".{name}"):
            return known(frame, node, [owner, *args], kwargs)
    if known := hooks.CALLS.get(f".{name}"):
        return known(frame, node, [owner, *args], kwargs)
    return UNKNOWN


def _of_row(frame: Frame, node: ast.Call, owner: Instance, name: str, kwargs: Environment) -> Value:
    text = f"{frame.text(node.func)}() asks the database"
    if name in twins.of_rows():
        advice = "" if name.startswith(("full", "validate")) else f"; await a{name}() instead"
        frame.ask(node, "DAS001" if advice else "DAS015", text + advice)
    elif name in twins.of_users() and owner.cls.member("last_login"):
        frame.ask(node, "DAS009", f"{text}; await a{name}() instead")
    elif name == "check_password" and owner.cls.member("last_login"):
        why = "saves the user where the password's hash is of an old kind"
        frame.ask(node, "DAS009", f"{frame.text(node.func)}() {why}; await acheck_password() instead", 3)
    elif name[:1] == "a" and name[1:] in twins.of_rows() | twins.of_users():
        if name == "arefresh_from_db":
            _refreshed(frame, node, owner, kwargs)
        return frame.coroutine(node, UNKNOWN, f"{name}()")
    elif name.startswith(("get_next_by_", "get_previous_by_")):
        frame.ask(node, "DAS001", text)
        return Instance(owner.cls)
    return UNKNOWN


def _refreshed(frame: Frame, node: ast.Call, owner: Instance, kwargs: Environment) -> None:
    """Note that fields are loaded anew, the named ones or all that were loaded; without names no relation stays so."""
    path = dotted(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    fields, query = kwargs.get("fields"), kwargs.get("from_queryset")
    named = (
        {part.value for part in fields.elements if isinstance(part, Constant)} if isinstance(fields, Items) else set()
    )
    loaded = owner.loaded if fields or node.args else frozenset()
    loaded |= query.loaded if isinstance(query, QuerySet) else frozenset()
    is_all = node.args or (fields is not None and not isinstance(fields, Items))
    if path in frame.env:
        frame.forget(path)
    frame.became(
        owner, replace(owner, loaded=loaded, only=None if is_all or owner.only is None else owner.only | named)
    )
