"""Goes through rows by async for, and loads a relation with its row."""

from __future__ import annotations

import ast

from async_audit.fix.awaits import attributes, renamed
from async_audit.fix.edits import Edit, Source
from async_audit.static import twins

ROWS = twins.CHAINED - {"raw", "db_manager"} | {"iterator"}  # raw() has no async iteration
ONE_ROW = {f"a{name}" for name in ("get", "first", "last", "latest", "earliest")}
# Methods after which select_related() fails, or is not what is asked.
NO_ROWS = {"only", "defer", "values", "values_list", "select_for_update", "raw", "union", "intersection", "difference"}


def with_async_for(source: Source, node: ast.expr) -> list[Edit]:
    """Return the edits that go through a queryset by async for."""
    start = source.start(node)
    match source.parents[node], node:
        case ast.For(iter=rows) as loop, _ if rows is node and source.function(loop) and _are_rows(source, rows):
            return [Edit(source.start(loop), source.start(loop), "async "), *_aiterator(source, node)]
        case ast.AsyncFor(iter=rows), _ if rows is node:
            return _aiterator(source, node)
        case ast.comprehension(iter=rows, is_async=0) as part, _ if rows is node and source.function(part):
            if not _are_rows(source, rows):
                return []
            word = source.text.rfind("for", 0, source.start(part.target))
            return [Edit(word, word, "async "), *_aiterator(source, node)]
        case _, ast.Call(func=ast.Name(id="list"), args=[rows], keywords=[]) if source.function(node):
            if not _are_rows(source, rows):
                return []
            first, end = source.start(rows), source.end(rows)
            return [
                Edit(start, first, "[row async for row in "),
                *_aiterator(source, rows),
                Edit(end, source.end(node), "]"),
            ]
    return []


def _are_rows(source: Source, node: ast.expr) -> bool:
    """Tell whether a method of Django's querysets gives what is gone through; a generator may be called alike."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in ROWS
        case ast.Name(id=name):
            function = source.function(node)
            found = [source.parents[store] for store in _stores(function, name)] if function else []
            return bool(found) and all(isinstance(each, ast.Assign) and _are_rows(source, each.value) for each in found)
    return False


def _aiterator(source: Source, rows: ast.expr) -> list[Edit]:
    """Return the edit that calls aiterator() where rows come from iterator()."""
    if isinstance(rows, ast.Call) and isinstance(rows.func, ast.Attribute) and rows.func.attr == "iterator":
        return renamed(source, rows.func, "iterator")
    return []


def with_relation(source: Source, node: ast.expr) -> list[Edit]:
    """Return the edit that loads a relation with its row, where the one query that gives the row stands here."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    rows = _query(source, node) if names else None
    if not isinstance(rows, ast.Call | ast.Attribute) or attributes(rows) & NO_ROWS:
        return []
    for part in ast.walk(rows):
        match part:
            case ast.Call(func=ast.Attribute(attr="select_related"), args=args, keywords=[]):
                if not args or any(ast.unparse(each) == repr("__".join(names)) for each in args):
                    return []
                return [Edit(source.end(args[-1]), source.end(args[-1]), f', "{"__".join(names)}"')]
    end = source.end(rows)
    return [Edit(end, end, f'.select_related("{"__".join(names)}")')]


def _query(source: Source, row: ast.expr) -> ast.expr | None:
    """Return the queryset that a row comes from, None when it has no one origin in its function."""
    if isinstance(row, ast.Await):
        return _of_one_row(row)
    function = source.function(row)
    if not function or not isinstance(row, ast.Name):
        return None
    match [source.parents[store] for store in _stores(function, row.id)]:
        case [ast.Assign(value=ast.Await() as value, targets=[ast.Name()])]:
            return _of_one_row(value)
        case [ast.AsyncFor(iter=rows) | ast.comprehension(iter=rows, is_async=1)]:
            return _before(rows, {"aiterator"}) or rows
    return None


def _stores(function: ast.AsyncFunctionDef, name: str) -> list[ast.AST]:
    """Return the places of a function that give a variable its value, parameters among them."""
    return [
        node
        for node in ast.walk(function)
        if (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.arg) and node.arg == name)
    ]


def _of_one_row(node: ast.Await) -> ast.expr | None:
    """Return the queryset of `await queryset.aget()`."""
    return _before(node.value, ONE_ROW)


def _before(node: ast.expr, methods: set[str]) -> ast.expr | None:
    """Return what one of some methods is called on."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in methods:
            return owner
    return None
