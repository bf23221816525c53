"""Lists and dicts: what is taken out of them, and what is put in."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.static.syntax import dotted
from async_audit.static.values import (
    CONTAINERS,
    UNKNOWN,
    Bound,
    ClassValue,
    Constant,
    Instance,
    Items,
    Many,
    Mapping,
    Value,
    join,
    one_of,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame

Args = list[Value]


def item(owner: Value, key: Value) -> Value:
    """Return what stands under a key or number."""
    match owner, key:
        case Mapping(), Constant(value=str(name)):
            return owner.get(name)
        case Mapping(), _:
            return owner.any
        case Items(elements), Constant(value=int(number)) if -len(elements) <= number < len(elements):
            return elements[number]
        case Items(elements), _:
            return one_of(elements)
        case Many(element), _:
            return element
    return UNKNOWN


def with_item(owner: Value, key: Value, value: Value) -> Value:
    """Return a list or dict in which a value stands under a key or number."""
    match owner, key:
        case Mapping(items, rest), Constant(value=str(name)):
            return Mapping((*(each for each in items if each[0] != name), (name, value)), rest)
        case Mapping(items, rest), _:
            return Mapping(items, join(rest, value))
        case Many(element), _:
            return replace(owner, element=join(element, value))
        case Items(elements), _:
            return Many(one_of([*elements, value]))
        case _ if owner is UNKNOWN:
            return with_item(Mapping(()), key, value)
    return owner


def change(frame: Frame, node: ast.expr, update: Callable[[Value], Value]) -> None:
    """Put something into what an expression names, and into what holds that."""
    match node:
        case ast.Name() | ast.Attribute() if path := dotted(node):
            with frame.quietly():
                before = frame.eval(node)
                if isinstance(before, Bound) and isinstance(before.owner, Instance | ClassValue):
                    before = UNKNOWN  # an attribute of which nothing is known
                value = update(before)
            if isinstance(value, CONTAINERS) and (isinstance(before, CONTAINERS) or before is UNKNOWN):
                frame.engine.registries.note(frame, node, value)
                frame.keep(path, value)
        case ast.Subscript(value=owner, slice=index):
            _change_item(frame, owner, index, UNKNOWN, update)
        case ast.Call(func=ast.Attribute(value=owner, attr="setdefault" | "get"), args=[index, *more]):
            with frame.quietly():
                default = frame.eval(more[0]) if more else UNKNOWN
            _change_item(frame, owner, index, default, update)


def _change_item(
    frame: Frame, owner: ast.expr, index: ast.expr, default: Value, update: Callable[[Value], Value]
) -> None:
    with frame.quietly():
        key = frame.eval(index)
    change(frame, owner, lambda held: with_item(held, key, update(join(item(held, key), default))))


def added(owner: Value, value: Value) -> Value:
    """Return a list or set that has one element more."""
    if isinstance(owner, Mapping):
        return owner
    lazy = owner if isinstance(owner, Many) else Many()
    known = owner.elements if isinstance(owner, Items) else [lazy.element]
    return replace(lazy, element=one_of([*known, value]))


def merged(held: Value, more: Value) -> Value:
    """Return a list or dict that has taken in another."""
    if not isinstance(more, CONTAINERS):
        return held
    if isinstance(held, Mapping) and isinstance(more, Mapping):
        return Mapping(tuple({**dict(held.items), **dict(more.items)}.items()), join(held.rest, more.rest))
    return join(held, more)


def call(frame: Frame, owner: Items | Many | Mapping, name: str, args: Args) -> Value | None:
    """Return what a method takes out of a list or dict, None for a method that does something else."""
    key = args[0] if args else UNKNOWN
    match name:
        case "get" | "pop" | "setdefault":
            found = item(owner, key)
            return join(found, args[1]) if len(args) > 1 else found
        case "popleft" | "popitem":
            return item(owner, UNKNOWN)
        case "copy":
            return owner
        case "values" if isinstance(owner, Mapping):
            is_known = owner.rest is UNKNOWN and owner.items
            return Items(tuple(value for _, value in owner.items)) if is_known else Many(owner.any)
        case "values" if isinstance(owner, Many):
            return Many(owner.element, owner.pending)
        case "items" if isinstance(owner, Mapping):
            pairs = tuple(Items((Constant(key), value)) for key, value in owner.items)
            return Items(pairs) if owner.rest is UNKNOWN and pairs else Many(Items((UNKNOWN, owner.any)))
        case "items" if isinstance(owner, Many):
            return Many(Items((UNKNOWN, owner.element)))
        case "keys" if isinstance(owner, Mapping):
            return Items(tuple(Constant(key) for key, _ in owner.items)) if owner.rest is UNKNOWN else Many()
    return None
