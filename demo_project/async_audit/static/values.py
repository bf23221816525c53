"""What an expression may be, as far as reading the source tells. All values can be compared and hashed."""

from __future__ import annotations

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
    rows: str = "instances"  # or "values"
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
    """A dict with known keys."""

    items: tuple[tuple[str, Value], ...]

    def get(self, key: str) -> Value:
        """Return the value of a key."""
        return dict(self.items).get(key, UNKNOWN)


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


def join(one: Value | None, other: Value | None) -> Value:
    """Return what is known of a value that is either of two."""
    if one == other or other is None or other is UNKNOWN or other == NONE:
        return UNKNOWN if other is UNKNOWN and isinstance(one, Partial) else one or UNKNOWN
    if one is None or one is UNKNOWN or one == NONE:
        return UNKNOWN if one is UNKNOWN and isinstance(other, Partial) else other
    if isinstance(one, Instance) and isinstance(other, Instance) and one.cls is other.cls:
        only = one.only if other.only is None else other.only if one.only is None else one.only & other.only
        loaded = _loaded_in_both(one.loaded, other.loaded)
        maybe = (one.maybe | other.maybe | one.loaded | other.loaded) - loaded
        held = tuple(pair for pair in one.held if pair[0] in dict(other.held))
        is_traced = one.is_traced or other.is_traced
        return replace(one, loaded=loaded, maybe=maybe, only=only, is_traced=is_traced, held=held)
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
    if isinstance(one, Many) and isinstance(other, Many):
        return replace(one, element=join(one.element, other.element))
    if isinstance(one, Items) and isinstance(other, Items) and len(one.elements) == len(other.elements):
        return Items(tuple(map(join, one.elements, other.elements)))
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
        case Mapping(items):
            pairs = tuple((key, swapped(part, old, new)) for key, part in items)
            return value if all(one[1] is other[1] for one, other in zip(pairs, items, strict=True)) else Mapping(pairs)
    return value


def _loaded_in_both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if EVERYTHING in one:
        return other
    return one if EVERYTHING in other else one & other
