"""Awaits a call, and calls its async twin."""

from __future__ import annotations

import ast
import re

from async_audit.fix.edits import Edit, Source
from async_audit.static import twins

FUNCTIONS = {*twins.functions(), "django.db.models.prefetch_related_objects"}
METHODS = twins.of_querysets() | twins.of_users() | twins.of_rows() - {"full_clean", "validate_unique"}
NAMES = METHODS | {name.rpartition(".")[2] for name in FUNCTIONS}
WRAPPERS = {"sync_to_async", "database_sync_to_async", "to_thread"}
LOCK = "select_for_update"  # needs a transaction, which needs a thread


def awaiting(source: Source, node: ast.expr) -> list[Edit] | None:
    """Return what makes an expression awaited, None where no await may stand."""
    parent = source.parents[node]
    if not source.function(node):
        return None
    if isinstance(parent, ast.Await):
        return []
    start, end = source.start(node), source.end(node)
    for above, child in source.above(node):
        if isinstance(above, ast.Await) and isinstance(child, ast.expr) and source.start(child) == start:
            return None  # await rows.get(…).name: what is awaited there is something else
    is_part = isinstance(parent, ast.Attribute | ast.Subscript) and parent.value is node
    if is_part or (isinstance(parent, ast.Call) and parent.func is node):
        return [Edit(start, start, "(await "), Edit(end, end, ")")]
    return [Edit(start, start, "await ")]


def with_twin(source: Source, node: ast.expr) -> list[Edit]:
    """Return the edits that await the async twin of a call."""
    edits: list[Edit] | None = None
    match node:
        case ast.Call(func=ast.Attribute(attr=name) as method) if name in NAMES and LOCK not in attributes(method):
            edits = renamed(source, method, name)
        case ast.Call(func=ast.Name(id=name) as function) if name in NAMES:
            edits = _import_twin(source, name)
            edits = edits and [*edits, Edit(source.start(function), source.end(function), f"a{name}")]
    awaits = awaiting(source, node) if edits else None
    return [] if not edits or awaits is None else [*edits, *awaits]


def renamed(source: Source, method: ast.Attribute, name: str) -> list[Edit]:
    """Return the edit that calls a method's twin."""
    end = source.end(method)
    return [Edit(end - len(name), end, f"a{name}")] if source.text[end - len(name) : end] == name else []


def _import_twin(source: Source, name: str) -> list[Edit]:
    """Return the edit that imports a function's twin beside it, or in its place when nobody else uses it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and f"{node.module}.{name}" in FUNCTIONS:
            names = {alias.name: alias for alias in node.names}
            if name in names and not names[name].asname:
                start, end = source.start(names[name]), source.end(names[name])
                if f"a{name}" in names:
                    return [Edit(end, end, "")]
                is_used = len(re.findall(rf"\b{name}\b", source.text)) > 2
                return [Edit(start, end, f"a{name}, {name}" if is_used else f"a{name}")]
    return []


def gives_coroutine(node: ast.expr) -> bool:
    """Tell whether an expression calls a twin, or what a wrapper gave."""
    match node:
        case ast.Call(func=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))):
            return name in WRAPPERS
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name[1:] in NAMES or name == "to_thread"
    return False


def attributes(node: ast.expr) -> set[str]:
    """Return the names of attributes and methods in an expression."""
    return {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
