"""Querysets and managers: which methods build a query, which ask it, and what the rows have loaded."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.static import hooks, twins
from async_audit.static.classes import FORWARD, keyword, last_name
from async_audit.static.functions import Environment
from async_audit.static.values import (
    EVERYTHING,
    NOTHING,
    UNKNOWN,
    Bound,
    Constant,
    FunctionValue,
    Instance,
    Items,
    LazyUser,
    Many,
    Mapping,
    QuerySet,
    Value,
)

if TYPE_CHECKING:
    from async_audit.static.classes import Class
    from async_audit.static.frame import Frame

BESIDE = "="  # among the loaded relations: the attribute that Prefetch(to_attr=…) fills, and the relation
IN_CHUNKS = "tuples in chunks"  # whose query Django makes where `async for` begins, as no generator puts it off
CURRENT_SITE = "django.contrib.sites.shortcuts.get_current_site"
CONTENT_TYPES = frozenset(["get_for_model", "get_for_models", "get_for_id"])


def row(queryset: QuerySet) -> Value:
    """Return one row of a query."""
    if queryset.rows != "instances" or queryset.model is None:
        return UNKNOWN
    loaded, tested = queryset.loaded, queryset.tested | queryset.maybe
    return Instance(
        queryset.model, loaded, tested=tested, only=queryset.only, is_traced=queryset.is_traced, is_asked_for=True
    )


def evaluate(frame: Frame, node: ast.expr, queryset: QuerySet, how: str = "", at: ast.expr | None = None) -> Value:
    """Note that going through a queryset asks the database, once; return a row."""
    if queryset.is_manager:
        return UNKNOWN
    if not queryset.is_evaluated:
        tier = queryset.surety
        text = f"{frame.text(node)} is a lazy queryset, and it is evaluated here{how and ': ' + how}"
        if queryset.wrapped_in:
            code = "DAS005"
            text = f"{queryset.wrapped_in} has handed out a lazy queryset, and it is evaluated here, on the event loop"
        else:
            code = "DAS002"
        frame.ask(at or node, code, text, tier)
        frame.became(queryset, replace(queryset, is_evaluated=True))
    return row(queryset)


def attribute(frame: Frame, queryset: QuerySet, name: str) -> Value:
    """Return a method of a queryset or manager, the project's own first."""
    if queryset.cls and isinstance(member := frame.engine.member(queryset.cls, name), FunctionValue):
        if not member.function.module.is_own and name in twins.of_users() | CONTENT_TYPES | {"get_current"}:
            return Bound(queryset, name)
        if hooks.is_property(member.function):
            return UNKNOWN
        return FunctionValue(member.function, queryset)
    if name in ("model", "instance"):
        return UNKNOWN
    return Bound(queryset, name)


def call(
    frame: Frame, node: ast.Call, queryset: QuerySet, name: str, args: Sequence[Value], kwargs: Environment
) -> Value:
    """Return what a method of Django's querysets gives, and note whether it asks the database."""
    asking = twins.of_querysets()
    queryset = begun(frame, node, queryset, name)
    if name in twins.CHAINED:
        _use_arguments(frame, node, args, kwargs)
        return chained(frame, node, queryset, name, args, kwargs)
    if name in asking:
        if not (queryset.is_evaluated and name in ("count", "exists", "contains")):
            _ask(frame, node, queryset, name)
        return result(frame, node, queryset, name, args, kwargs)
    if name[:1] == "a" and name[1:] in asking:
        model = queryset.model.name if queryset.model else "…"
        asks = f"{model}…{name}()" if queryset.surety < 3 else ""
        return frame.coroutine(node, result(frame, node, queryset, name[1:], args, kwargs), asks)
    if name in twins.of_users():
        frame.ask(node, "DAS009", f"{frame.text(node.func)}() asks the database; await a{name}() instead")
        return row(queryset)
    if name in CONTENT_TYPES and queryset.model and queryset.model.name == "ContentType":
        frame.ask(node, "DAS020", f"{frame.text(node.func)}() asks the database until its cache is warm")
        return row(queryset)
    if name == "get_current" and queryset.model and queryset.model.name == "Site":
        return hooks.CALLS[CURRENT_SITE](frame, node, [], {})
    if name in ("iterator", "aiterator"):
        asks_at_once = name == "aiterator" and queryset.rows == "tuples"
        is_iterator, rows = name == "iterator", IN_CHUNKS if asks_at_once else queryset.rows
        return replace(queryset, is_manager=False, is_evaluated=False, is_iterator=is_iterator, rows=rows)
    if name in ("as_manager", "from_queryset"):
        return queryset
    return UNKNOWN


def begun(frame: Frame, node: ast.Call, queryset: QuerySet, name: str) -> QuerySet:
    """Return the queryset that a manager's method begins with: what the project's get_queryset() gives, if it has one.

    It is called on the loop, whatever is awaited afterwards.
    """
    if not queryset.is_manager or queryset.is_related or queryset.cls is None or name == "get_queryset":
        return queryset
    method = frame.engine.member(queryset.cls, "get_queryset")
    if not isinstance(method, FunctionValue) or not method.function.module.is_own:
        return queryset
    summary = frame.engine.summary(method.function, queryset, (), {})
    frame.absorb(summary.events, method.function, node)
    made = summary.result
    if not isinstance(made, QuerySet):
        return queryset
    return replace(made, model=queryset.model or made.model, surety=queryset.surety, is_traced=queryset.is_traced)


def _use_arguments(frame: Frame, node: ast.Call, args: Sequence[Value], kwargs: Environment) -> None:
    """Note that a lookup looks at the row it gets, so that the user of a request is loaded for it."""
    if lazy := next((value for value in (*args, *kwargs.values()) if isinstance(value, LazyUser)), None):
        hooks.use_user(frame, node, lazy)


def _ask(frame: Frame, node: ast.Call, queryset: QuerySet, name: str) -> None:
    twin = name if name in ("raw",) else f"a{name}"
    what = frame.text(node.func)
    tier = 1 if queryset.is_related and name not in ("count", "exists", "first", "last") else queryset.surety
    frame.ask(node, "DAS001", f"{what}() asks the database; await {twin}() instead", tier)


def result(
    frame: Frame, node: ast.Call, queryset: QuerySet, name: str, args: Sequence[Value], kwargs: Environment
) -> Value:
    """Return what an asking method gives."""
    is_whole = all(given.arg for given in node.keywords)
    found = row(queryset)
    if name in twins.ROW:
        return new(found, kwargs, is_whole) if name == "create" and isinstance(found, Instance) else found
    if name in twins.PAIR:
        defaults = kwargs.get("defaults")
        if name == "update_or_create" and isinstance(found, Instance) and isinstance(defaults, Mapping):
            found = replace(found, loaded=found.loaded | {key for key, _ in defaults.items})
        if isinstance(found, Instance):
            given = {key for key, _ in defaults.items} if isinstance(defaults, Mapping) else set()
            found = replace(found, maybe=found.maybe | frozenset(kwargs) | given)
            by_key = {name.removesuffix("_id") for name in {*kwargs, *given} if name.endswith("_id")}
            found = replace(found, loaded=found.loaded - by_key)  # a row that it creates has a key and no relation
        return Items((found, UNKNOWN))
    if name == "bulk_create" and args and isinstance(made := frame.element(args[0]), Instance):
        return Many(made)
    if name in ("bulk_create", "in_bulk"):
        return Many(found)
    return UNKNOWN


def new(made: Instance, given: Environment, is_whole: bool) -> Instance:
    """Return a row that is made from fields, with the relations that need no query.

    Those are the ones it gets objects for, and those without a value, which are None; where not all fields are known,
    it may have any of them.
    """
    absent = {
        name
        for name, field in made.cls.assignments()
        if last_name(getattr(field, "func", field)) in FORWARD
        and not keyword(field, "default")
        and f"{name}_id" not in given
    } - set(given)
    known = {*given, *(f"{name}__{EVERYTHING}" for name in absent)}
    for name, value in given.items():
        behind = value.loaded if isinstance(value, Instance) and value.is_traced else [EVERYTHING]
        known.update(f"{name}__{path}" for path in behind)
    made = replace(made, is_asked_for=False)
    if is_whole:
        return replace(made, loaded=made.loaded | known | absent)
    return replace(made, loaded=made.loaded | known, maybe=made.maybe | absent)


def chained(
    frame: Frame, node: ast.Call, queryset: QuerySet, name: str, args: Sequence[Value], kwargs: Environment
) -> Value:
    """Return the queryset that a method builds."""
    if name == "all" and queryset.is_evaluated:
        return replace(queryset, is_manager=False)
    made = replace(queryset, is_manager=False, is_evaluated=False, is_related=False, wrapped_in="")
    if name != "all" and queryset.is_related:
        made = replace(made, surety=1)  # whatever was prefetched, this is another query
    names = [value.value for value in args if isinstance(value, Constant) and isinstance(value.value, str)]
    is_plain = len(names) == len(args) and not any(isinstance(arg, ast.Starred) for arg in node.args)
    match name:
        case "none":
            return replace(made, is_evaluated=True)
        case "values_list" if not node.keywords:
            return replace(made, rows="tuples")
        case "values" | "values_list" | "dates" | "datetimes":
            return replace(made, rows="values")
        case "select_related":
            every = {EVERYTHING} if not is_plain or not args else set()
            return replace(made, loaded=made.loaded | _paths(names) | every)
        case "prefetch_related":
            loaded = set(_paths(names))
            for value in args:
                loaded |= _prefetched(value)
            every = {EVERYTHING} if any(isinstance(arg, ast.Starred) for arg in node.args) else set()
            return replace(made, loaded=made.loaded | loaded | every)
        case "only" if is_plain:
            return replace(made, only=frozenset(name.partition("__")[0] for name in names))
        case "defer" if is_plain and made.model:
            return replace(made, only=made.model.fields - frozenset(names))
    return made


def _paths(names: Sequence[str]) -> frozenset[str]:
    """Return relations with all that lie on the way to them."""
    return frozenset(
        "__".join(parts[: end + 1]) for name in names for parts in [name.split("__")] for end in range(len(parts))
    )


def _prefetched(value: Value) -> set[str]:
    match value:
        case Constant():
            return set()
        case Items(elements=(Constant(value=str(path)), inner, to_attribute)):
            loaded = set(_paths([path]))
            if isinstance(to_attribute, Constant) and isinstance(to_attribute.value, str):
                loaded.remove(path)  # its rows are in a list beside it
                before, _, relation = path.rpartition("__")
                path = f"{before}__{to_attribute.value}" if before else to_attribute.value
                loaded.add(f"{path}{BESIDE}{relation}")
            if isinstance(inner, QuerySet):
                loaded |= {f"{path}__{name}" for name in inner.loaded}
            return loaded
    return {EVERYTHING}


def related(frame: Frame, owner: Instance, name: str, model: Class | None, back: str) -> QuerySet:
    """Return the manager of many related rows; prefetched ones are in memory."""
    is_loaded = name in owner.loaded or EVERYTHING in owner.loaded
    loaded = inner(owner.loaded, name) | ({back} if back else set())
    manager = of_model(frame, model)
    surety = 1 if owner.is_traced else 3  # unlike one row, many cannot be None
    return replace(manager, loaded=manager.loaded | loaded, is_evaluated=is_loaded, is_related=True, surety=surety)


def beside(frame: Frame, owner: Instance, name: str) -> Value | None:
    """Return the rows that Prefetch(to_attr=…) has put into an attribute, None if it is none."""
    start = f"{name}{BESIDE}"
    for path in owner.loaded:
        if path.startswith(start) and (relation := owner.cls.relations.get(path.removeprefix(start))):
            loaded = inner(owner.loaded, name) | ({relation.back} if relation.back else set())
            return Many(Instance(relation.target, loaded) if relation.target else UNKNOWN)
    return None


def inner(loaded: frozenset[str], name: str) -> frozenset[str]:
    """Return what was loaded beyond a relation."""
    if EVERYTHING in loaded:
        return frozenset([EVERYTHING])
    prefix = f"{name}__"
    return frozenset(path.removeprefix(prefix) for path in loaded if path.startswith(prefix))


def of_model(frame: Frame, model: Class | None, name: str = "objects") -> QuerySet:
    """Return a manager of a model, with the methods that the project gives to it."""
    if model is None:
        return QuerySet(None, is_manager=True)
    value = frame.engine.member(model, name)
    if isinstance(value, QuerySet):
        return _with_own_query(frame, replace(value, model=model, is_manager=True))
    return QuerySet(model, is_manager=True, loaded=NOTHING)


def _with_own_query(frame: Frame, manager: QuerySet) -> QuerySet:
    """Return a manager with what its own get_queryset() loads."""
    method = frame.engine.member(manager.cls, "get_queryset") if manager.cls else UNKNOWN
    if isinstance(method, FunctionValue) and method.function.module.is_own:
        made = frame.engine.summary(method.function, manager, (), {}).result
        if isinstance(made, QuerySet):
            return replace(manager, loaded=manager.loaded | made.loaded, only=made.only)
    return manager
