"""What reading an attribute gives, and when it asks the database."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.static import forms, hooks, overrides, querysets, serializers, twins
from async_audit.static.functions import Environment, Function
from async_audit.static.values import (
    EVERYTHING,
    UNKNOWN,
    Bound,
    Built,
    ClassValue,
    Constant,
    FunctionValue,
    Instance,
    LazyUser,
    Many,
    ModuleValue,
    OneOf,
    Outside,
    OutsideInstance,
    QuerySet,
    Request,
    Scope,
    Session,
    Super,
    Threaded,
    Value,
    one_of,
)

if TYPE_CHECKING:
    from async_audit.static.classes import Class, Relation
    from async_audit.static.frame import Frame


def attribute(frame: Frame, node: ast.expr, owner: Value, name: str) -> Value:
    """Return an attribute of a value, and note what reading it asks."""
    match owner:
        case Instance():
            return _of_instance(frame, node, owner, name)
        case QuerySet():
            return querysets.attribute(frame, owner, name)
        case ClassValue():
            return _of_class(frame, owner.cls, name)
        case ModuleValue():
            return frame.names.attribute(owner, name)
        case Outside():
            return _of_outside(frame, owner, name)
        case Request(has_user=has_user) if name == "user":
            return hooks.user(frame) if has_user or hooks.has_middleware_used_user(frame) else LazyUser()
        case Request() if name == "session":
            return Session(is_loaded=owner.has_session or hooks.has_middleware_used_user(frame))
        case LazyUser():
            user = hooks.use_user(frame, node, owner)
            return attribute(frame, node, user, name) if isinstance(user, Instance) else UNKNOWN
        case Built():
            return (serializers if serializers.is_serializer(owner.cls) else forms).attribute(frame, node, owner, name)
        case Super():
            return _of_super(frame, owner, name)
        case OutsideInstance(origin) if known := hooks.ATTRIBUTES.get(f"{origin}.{name}"):
            return known(frame, node, owner)
        case Session() | Scope() | OutsideInstance() | Many():
            return Bound(owner, name)
        case FunctionValue() | Threaded():
            return UNKNOWN
        case OneOf(values):
            return one_of(attribute(frame, node, each, name) for each in values)
    return Bound(owner, name)


def _of_outside(frame: Frame, owner: Outside, name: str) -> Value:
    if owner.name.removesuffix("()") in hooks.CONTEXTS and name.startswith("__"):
        return Bound(owner, name)
    if name == "objects" and owner.name.rpartition(".")[2][:1].isupper():
        return QuerySet(None, is_manager=True)  # a model that is not in the folder
    return frame.names.attribute(owner, name)


def _of_instance(frame: Frame, node: ast.expr, owner: Instance, name: str) -> Value:
    cls = owner.cls
    if cls.is_model:
        if (relation := cls.relations.get(name)) and (relation.target or relation.kind == "generic"):
            return follow(frame, node, owner, name, relation)
        if (rows := querysets.beside(frame, owner, name)) is not None:
            return rows
        if _is_deferred(owner, name):
            frame.ask(node, "DAS004", f"{frame.text(node)} was not loaded with its row, and is asked for here")
            return UNKNOWN
    if name in (held := dict(owner.held)):
        return held[name]
    found = cls.member(name)
    if found is None:
        return _of_outside_base(frame, node, owner, name)
    defined_in, _ = found
    value = frame.engine.member(cls, name)
    if isinstance(value, FunctionValue):
        if not defined_in.module.is_own and (name in twins.of_users() or name[1:] in twins.of_users()):
            return Bound(owner, name)
        others = overrides.overrides(frame.engine, value.function, owner)
        return _method(frame, node, value.function, owner) if others is None else others
    if value is UNKNOWN or isinstance(value, OutsideInstance):
        stored = frame.engine.attribute(cls, name)
        return stored if stored is not UNKNOWN else _annotated(frame, cls, name, value)
    return value


def _annotated(frame: Frame, cls: Class, name: str, otherwise: Value) -> Value:
    found = cls.member(name)
    if found and isinstance(found[1], ast.AnnAssign):
        hinted = frame.engine.top(found[0].module).annotated(found[1].annotation)
        return otherwise if hinted is UNKNOWN else hinted
    return otherwise


def _method(frame: Frame, node: ast.expr, function: Function, owner: Value) -> Value:
    if hooks.is_property(function):
        summary = frame.engine.summary(function, owner, (), {})
        frame.learn(function, summary, [owner], {})
        parameters = [*function.node.args.posonlyargs, *function.node.args.args]
        now = summary.taught.get(parameters[0].arg, owner) if parameters else owner
        kept = now if isinstance(now, Instance) and hooks.is_cached(function) else None
        frame.absorb(summary.events, function, node, unless=function if kept and not kept.is_traced else None)
        if summary.events and kept:
            frame.became(kept, replace(kept, held=(*kept.held, (function.name, summary.result))))
        return summary.result
    if hooks.is_static(function):
        return FunctionValue(function)
    if hooks.is_classmethod(function) and isinstance(owner, Instance):
        return FunctionValue(function, ClassValue(owner.cls))
    return FunctionValue(function, owner)


def _of_outside_base(frame: Frame, node: ast.expr, owner: Instance, name: str) -> Value:
    """Return what a base that is not in the folder gives: Django's model, Channels' consumer, a view."""
    cls = owner.cls
    if cls.is_model:
        return Bound(owner, name)
    bases = cls.outside_bases
    if name == "scope" and any(base.startswith("channels.") for base in bases):
        return Scope()
    if name == "request" and any(base.startswith("django.") for base in bases):
        return Request()
    stored = frame.engine.attribute(cls, name)
    if stored is UNKNOWN and isinstance(method := frame.engine.member(cls, "__getattr__"), FunctionValue):
        summary = frame.engine.summary(method.function, owner, [Constant(name)], {})
        frame.absorb(summary.events, method.function, node)
        return summary.result
    return stored if stored is not UNKNOWN else Bound(owner, name)


def _is_deferred(owner: Instance, name: str) -> bool:
    if owner.only is None or name in ("pk", "id") or name in owner.only:
        return False
    if name.endswith("_id") and name[:-3] in owner.cls.relations:
        return name[:-3] not in owner.only
    return name in owner.cls.fields


def follow(frame: Frame, node: ast.expr, owner: Instance, name: str, relation: Relation) -> Value:
    """Return what a relation leads to; one row that was not loaded is asked for."""
    if relation.kind == "many":
        if relation.is_generic and owner.is_traced and name not in owner.loaded:
            frame.ask(node, "DAS020", f"{frame.text(node)} asks for a content type until its cache is warm")
        return querysets.related(frame, owner, name, relation.target, relation.back)
    is_loaded = name in owner.loaded or EVERYTHING in owner.loaded or _is_made_of(owner, relation)
    if not is_loaded:
        frame.loaded_from_now_on(node, owner, name)
        if relation.kind == "generic":
            text = f"{frame.text(node)} is a generic relation that was not prefetched, and is asked for here"
            frame.ask_for_relation(node, owner, name, "DAS020", text)
        else:
            text = f"{frame.text(node)} is a relation that was not loaded, and is asked for here"
            has_query = owner.is_asked_for or not owner.is_traced
            advice = (
                f"use select_related({name!r})" if has_query else "no query has made its row; read it in sync_to_async"
            )
            frame.ask_for_relation(node, owner, name, "DAS003", f"{text}; {advice}")
    if relation.target is None:
        return UNKNOWN
    loaded = querysets.inner(owner.loaded, name) if is_loaded else frozenset()
    if relation.kind == "reverse one" and relation.back:
        loaded |= {relation.back}
        if owner.cls in relation.target.mro:
            loaded |= owner.loaded  # what it inherits, it looks for at the row of its base
    maybe, tested = (querysets.inner(paths, name) for paths in (owner.maybe, owner.tested))
    is_traced, is_asked_for = owner.is_traced, owner.is_asked_for
    return Instance(relation.target, loaded, maybe, tested, is_traced=is_traced, is_asked_for=is_asked_for)


def _is_made_of(owner: Instance, relation: Relation) -> bool:
    """Tell whether a row of a base is made of the fields that a row has inherited, of which none was left out."""
    if relation.kind != "parent" or relation.target is None:
        return False
    return owner.only is None or not relation.target.fields - owner.only


def _of_class(frame: Frame, cls: Class, name: str) -> Value:
    value = frame.engine.member(cls, name)
    if isinstance(value, FunctionValue):
        if hooks.is_classmethod(value.function):
            return FunctionValue(value.function, ClassValue(cls))
        return value
    if isinstance(value, QuerySet):
        return querysets.of_model(frame, cls, name)
    if cls.is_model and isinstance(value, OutsideInstance) and value.name.endswith(("Manager", ".as_manager")):
        return querysets.of_model(frame, cls)
    if value is not UNKNOWN:
        return value
    if name == "objects" and (cls.is_model or not _is_plain(cls)):
        return querysets.of_model(frame, cls if cls.is_model else None)
    if name in ("_default_manager", "_base_manager") and cls.is_model:
        return querysets.of_model(frame, cls)
    stored = frame.engine.attribute(cls, name)
    return stored if stored is not UNKNOWN else Bound(ClassValue(cls), name)


def _is_plain(cls: Class) -> bool:
    return not cls.outside_bases


def _of_super(frame: Frame, owner: Super, name: str) -> Value:
    value = owner.owner
    cls = value.cls if isinstance(value, Instance | QuerySet | ClassValue) else None
    mro = cls.mro if cls else []
    behind = mro[mro.index(owner.cls) + 1 :] if owner.cls in mro else owner.cls.mro[1:]
    for base in behind:
        node = base.members.get(name)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return FunctionValue(frame.names.function_of(node, base.module, base), value)
    return Bound(value, name)


def bind(arguments: list[Value], environment: Environment) -> tuple[tuple[Value, ...], tuple[tuple[str, Value], ...]]:
    """Return arguments in a form that can be kept in a value."""
    return tuple(arguments), tuple(sorted(environment.items(), key=lambda item: item[0]))
