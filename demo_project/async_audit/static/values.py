"""What an expression may be, as far as reading the source tells. All values can be compared and hashed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import is_
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from async_audit.static.classes import Class
    from async_audit.static.functions import Event, Function
    from async_audit.static.modules import Module

NOTHING: frozenset[str] = frozenset()
EVERYTHING = "*"  # among the loaded relations: which ones is not known, so none is reported


class Value:
    """Anything; by itself, nothing is known of it."""

    __slots__ = ()


class _Unknown(Value):
    __slots__ = ()


UNKNOWN = _Unknown()


@dataclass(frozen=True)
class Constant(Value):
    """A literal."""

    value: Any


NONE = Constant(None)


@dataclass(frozen=True)
class LoopRuns(Constant):
    """The answer to whether a loop runs in this thread, as one does where the source is gone through."""

    value: Any = True


@dataclass(frozen=True)
class Outside(Value):
    """A name of a package that is not read, such as `django.db.transaction.atomic`."""

    name: str


@dataclass(frozen=True)
class OutsideInstance(Value):
    """What calling an Outside gives, and what it was called with where that matters."""

    name: str
    args: tuple[Value, ...] = ()


@dataclass(frozen=True)
class ModuleValue(Value):
    """An imported module of the project."""

    module: Module


@dataclass(frozen=True)
class ClassValue(Value):
    """A class of the project."""

    cls: Class


@dataclass(frozen=True)
class Instance(Value):
    """An object of a class of the project.

    For a row of a model: the relations that were loaded with it, those that were in some of the cases it may come
    from, the fields if only some were, and whether it is known where it comes from, which a parameter's annotation
    does not say.
    """

    cls: Class
    loaded: frozenset[str] = NOTHING
    maybe: frozenset[str] = NOTHING
    tested: frozenset[str] = NOTHING  # those that another function has loaded under a condition
    only: frozenset[str] | None = None
    is_traced: bool = True
    is_asked_for: bool = False  # by a query, which select_related() can be put on
    held: tuple[tuple[str, Value], ...] = ()  # what its __init__ has kept, and cached properties that were read


@dataclass(frozen=True)
class QuerySet(Value):
    """A lazy query; or a manager, which is not iterable but has the same methods."""

    model: Class | None
    cls: Class | None = None
    loaded: frozenset[str] = NOTHING
    maybe: frozenset[str] = NOTHING  # what only one of the branches loads that it may come from
    tested: frozenset[str] = NOTHING  # the same, of another function's branches
    only: frozenset[str] | None = None
    rows: str = "instances"  # or "values"; "tuples" of values_list()
    is_evaluated: bool = False
    is_manager: bool = False
    is_related: bool = False
    wrapped_in: str = ""  # the wrapper that handed it out unevaluated
    is_iterator: bool = False  # what .iterator() gives, which asks when it is gone through
    surety: int = 1  # the tier of a finding about it
    is_traced: bool = True  # an annotation says nothing of what it loads


@dataclass(frozen=True)
class Many(Value):
    """A list, tuple, set or the values of a dict, whose elements are alike; or a generator."""

    element: Value = UNKNOWN
    pending: tuple[Event, ...] = ()  # what a generator does only when it is gone through
    wrapped_in: str = ""  # the wrapper that handed out such a generator


@dataclass(frozen=True)
class Items(Value):
    """A tuple or list whose elements are known one by one."""

    elements: tuple[Value, ...]


@dataclass(frozen=True)
class Mapping(Value):
    """A dict with known keys, and what its other keys have."""

    items: tuple[tuple[str, Value], ...]
    rest: Value = UNKNOWN

    def get(self, key: str) -> Value:
        """Return the value of a key."""
        return dict(self.items).get(key, self.rest)

    @property
    def any(self) -> Value:
        """The value of a key that is not known."""
        return one_of([*(value for _, value in self.items), self.rest])


@dataclass(frozen=True)
class OneOf(Value):
    """Any of several values that have nothing in common: of a registry's functions, of the classes in a dict."""

    values: tuple[Value, ...]


@dataclass(frozen=True)
class Coroutine(Value):
    """What an async function returns before it is awaited; `asks` names a database method, called at `place`."""

    result: Value = UNKNOWN
    asks: str = ""
    place: tuple[str, int, int] = ("", 0, 0)  # function, line, column


@dataclass(frozen=True)
class FunctionValue(Value):
    """A function of the project, bound to an object or not; `is_bare` without its decorators, as they get it."""

    function: Function
    bound: Value | None = None
    is_bare: bool = False


@dataclass(frozen=True)
class Threaded(Value):
    """A function in a wrapper such as sync_to_async: called, it gives a coroutine, and works in another thread."""

    inner: Value
    wrapper: str


@dataclass(frozen=True)
class Guarded(Value):
    """A function in a decorator that asks the database whenever it is called."""

    inner: Value
    code: str
    decorator: str


@dataclass(frozen=True)
class Bound(Value):
    """A method of something that the project does not define."""

    owner: Value
    name: str


@dataclass(frozen=True)
class Super(Value):
    """super(): an object, looked at from behind one of its classes."""

    owner: Value
    cls: Class


@dataclass(frozen=True)
class Partial(Value):
    """functools.partial(inner, …)."""

    inner: Value
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Built(Value):
    """A form, serializer or the like of the project, and what it was made from."""

    cls: Class
    args: tuple[Value, ...] = ()
    kwargs: tuple[tuple[str, Value], ...] = ()
    done: frozenset[str] = NOTHING  # what has been asked of it, and is kept: "errors", "data"


@dataclass(frozen=True)
class Request(Value):
    """A request of Django, and what of it is in memory; adrf has loaded its user before a view begins."""

    has_user: bool = False
    has_session: bool = False


@dataclass(frozen=True)
class LazyUser(Value):
    """request.user, which asks the database when something is done with it."""


@dataclass(frozen=True)
class Session(Value):
    """request.session, or that of a Channels scope, which AuthMiddleware has mostly loaded."""

    is_of_scope: bool = False
    is_loaded: bool = False


@dataclass(frozen=True)
class Scope(Value):
    """The scope of a Channels consumer."""


# What several of are told apart, since each does something of its own where it is called or looked at.
APART = (FunctionValue, ClassValue, Instance, Threaded, Partial, Guarded, Built, Bound, OutsideInstance, OneOf)
CONTAINERS = (Items, Many, Mapping)


def one_of(values: Iterable[Value]) -> Value:
    """Return what is known of a value that is any of several."""
    found: Value | None = None
    for value in values:
        found = join(found, value)
    return found or UNKNOWN


def kept(values: dict[str, Value]) -> tuple[tuple[str, Value], ...]:
    """Return those of an object's attributes that a call of its methods may depend on."""
    return tuple(sorted((item for item in values.items() if tells(item[1])), key=lambda item: item[0]))


def tells(value: Value) -> bool:
    """Tell whether what is called or looked at depends on a value: on a function, a class, a row or a query."""
    match value:
        case Items(elements):
            return any(map(tells, elements))
        case Many(element):
            return tells(element)
        case Mapping():
            return tells(value.any)
    return isinstance(value, FunctionValue | ClassValue | Instance | QuerySet | Threaded | Bound | Partial | OneOf)


def alternatives(value: Value) -> tuple[Value, ...]:
    """Return the values that a value may be."""
    return value.values if isinstance(value, OneOf) else (value,)


def _apart(one: Value, other: Value) -> Value:
    """Return both of two values, and those of them as one that are rows of one model."""
    found = list(alternatives(one))
    places = {known.cls: number for number, known in enumerate(found) if isinstance(known, Instance)}
    for value in alternatives(other):
        if not isinstance(value, Instance):
            if value not in found:
                found.append(value)
        elif value.cls not in places:
            places[value.cls] = len(found)
            found.append(value)
        elif found[number := places[value.cls]] != value:
            found[number] = join(found[number], value)
    return found[0] if len(found) == 1 else OneOf(tuple(found))


def _together(one: Value, other: Value) -> Value:
    """Return a list or dict that is one of two."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        names = dict.fromkeys([*dict(one.items), *dict(other.items)])
        items = tuple((name, join(dict(one.items).get(name), dict(other.items).get(name))) for name in names)
        return Mapping(items, join(one.rest, other.rest))
    if isinstance(one, Mapping) or isinstance(other, Mapping):
        return one
    if isinstance(one, Items) and isinstance(other, Items) and len(one.elements) == len(other.elements):
        return Items(tuple(map(join, one.elements, other.elements)))
    parts: list[Value] = []
    lazy = Many()
    for each in (other, one):
        if isinstance(each, Items):
            parts.extend(each.elements)
        elif isinstance(each, Many):
            parts.append(each.element)
            lazy = each
    return replace(lazy, element=one_of(parts))


def _is_answer(value: Value) -> bool:
    """Tell whether a value is True or False, which no other is as good as."""
    return isinstance(value, Constant) and isinstance(value.value, bool)


def join(one: Value | None, other: Value | None) -> Value:
    """Return what is known of a value that is either of two."""
    if one is not None and other is not None and one != other and (_is_answer(one) or _is_answer(other)):
        return UNKNOWN if _is_answer(other) or other == NONE else other
    if one == other or other is None or other is UNKNOWN or other == NONE:
        return UNKNOWN if other is UNKNOWN and isinstance(one, Partial) else one or UNKNOWN
    if one is None or one is UNKNOWN or one == NONE:
        return UNKNOWN if one is UNKNOWN and isinstance(other, Partial) else other
    if isinstance(one, Instance) and isinstance(other, Instance) and one.cls is other.cls:
        only = one.only if other.only is None else other.only if one.only is None else one.only & other.only
        loaded = _loaded_in_both(one.loaded, other.loaded)
        maybe = (one.maybe | other.maybe | one.loaded | other.loaded) - loaded
        is_traced = one.is_traced or other.is_traced
        return replace(one, loaded=loaded, maybe=maybe, only=only, is_traced=is_traced, held=_held_in_both(one, other))
    if isinstance(one, QuerySet) and isinstance(other, QuerySet):
        if one.model is not other.model and one.model is None:
            one, other = other, one
        loaded = _loaded_in_both(one.loaded, other.loaded)
        maybe = (one.maybe | other.maybe | one.loaded | other.loaded) - loaded
        return replace(one, loaded=loaded, maybe=maybe, is_evaluated=one.is_evaluated and other.is_evaluated)
    if isinstance(one, Request) and isinstance(other, Request):
        return Request(one.has_user and other.has_user, one.has_session and other.has_session)
    if isinstance(one, Session) and isinstance(other, Session):
        return replace(one, is_loaded=one.is_loaded and other.is_loaded)
    if isinstance(one, Built) and isinstance(other, Built):
        return replace(one, done=one.done & other.done)
    if isinstance(other, LazyUser):
        return other
    if isinstance(other, QuerySet) and not isinstance(one, QuerySet):
        return other
    if isinstance(one, CONTAINERS) and isinstance(other, CONTAINERS):
        return _together(one, other)
    if isinstance(one, Coroutine) and isinstance(other, Coroutine):
        return replace(one, result=join(one.result, other.result))
    if isinstance(one, OutsideInstance) and isinstance(other, OutsideInstance) and one.name == other.name:
        return one
    if isinstance(one, APART) and isinstance(other, APART):
        return _apart(one, other)
    return one


def swapped(value: Value, old: Value, new: Value) -> Value:
    """Return a value in which one very object, wherever it is held, has become another."""
    if value is old:
        return new
    match value:
        case Many(element=element) if (now := swapped(element, old, new)) is not element:
            return replace(value, element=now)
        case Items(elements):
            parts = tuple(swapped(part, old, new) for part in elements)
            return value if all(map(is_, parts, elements)) else Items(parts)
        case Mapping(items, rest):
            pairs = tuple((key, swapped(part, old, new)) for key, part in items)
            others = swapped(rest, old, new)
            is_same = others is rest and all(one[1] is other[1] for one, other in zip(pairs, items, strict=True))
            return value if is_same else Mapping(pairs, others)
    return value


def _held_in_both(one: Instance, other: Instance) -> tuple[tuple[str, Value], ...]:
    """Return what two objects hold alike; an annotation says of none what it holds."""
    if not one.is_traced or not other.is_traced:
        return one.held or other.held
    held = dict(other.held)
    return tuple((name, join(value, held[name])) for name, value in one.held if name in held)


def _loaded_in_both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if EVERYTHING in one:
        return other
    return one if EVERYTHING in other else one & other
