"""What is mechanical about a finding: an await and a twin, async for, select_related, a decorator and its import."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from itertools import takewhile

from async_audit.fix.edits import Definition, Edit, Source
from async_audit.report import StaticFinding
from async_audit.static import twins

FUNCTIONS = {*twins.functions(), "django.db.models.prefetch_related_objects"}
METHODS = twins.of_querysets() | twins.of_users() | twins.of_rows() - {"full_clean", "validate_unique"}
NAMES = METHODS | {name.rpartition(".")[2] for name in FUNCTIONS}
ROWS = twins.CHAINED - {"raw", "db_manager"} | {"iterator"}  # raw() has no async iteration
ONE_ROW = {f"a{name}" for name in ("get", "first", "last", "latest", "earliest")}
WRAPPERS = {"sync_to_async", "database_sync_to_async", "to_thread"}
# Methods after which select_related() fails, or is not what is asked.
NO_ROWS = {"only", "defer", "values", "values_list", "select_for_update", "raw", "union", "intersection", "difference"}
ONCE = {"DAS003", "DAS007"}  # repaired at a query, or meant as it is; another code in a loop stands for several calls
HOPS = {f"DAS0{number}" for number in ("01", "02", "03", "04", "09", "11", "12", "13", "20")}  # a thread is the way out
LOCK = "select_for_update"  # needs a transaction, which needs a thread
WRAPPER, ITS_MODULE = "sync_to_async", "asgiref.sync"


def repair(source: Source, finding: StaticFinding, uses: Callable[[str], int]) -> list[Edit]:
    """Return the edits that repair a finding, none when that is not mechanical.

    `uses` counts how often a name occurs in the whole project.
    """
    nodes = source.at(finding.line, finding.col - 1)
    if finding.code not in ONCE:
        nodes = [node for node in nodes if not source.is_repeated(node)]
    if len(finding.chain) > 1:
        if finding.code not in HOPS:
            return []
        return _first(_decorated(source, node, finding.chain[1].line, uses) for node in nodes)
    match finding.code:
        case "DAS001" | "DAS009":
            return _first(_twin(source, node) for node in nodes)
        case "DAS002":
            return _first(_async_for(source, node) for node in nodes)
        case "DAS003":
            return _first(_with_relation(source, node) for node in nodes)
        case "DAS007":
            return _first(_await(source, node) or [] for node in nodes if _gives_coroutine(node))
    return []


def _first(found: Iterable[list[Edit]]) -> list[Edit]:
    return next((edits for edits in found if edits), [])


def _await(source: Source, node: ast.expr) -> list[Edit] | None:
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


def _twin(source: Source, node: ast.expr) -> list[Edit]:
    """Return the edits that await the async twin of a call."""
    edits: list[Edit] | None = None
    match node:
        case ast.Call(func=ast.Attribute(attr=name) as method) if name in NAMES and LOCK not in _calls(method):
            edits = _rename(source, method, name)
        case ast.Call(func=ast.Name(id=name) as function) if name in NAMES:
            edits = _import_twin(source, name)
            edits = edits and [*edits, Edit(source.start(function), source.end(function), f"a{name}")]
    awaits = _await(source, node) if edits else None
    return [] if not edits or awaits is None else [*edits, *awaits]


def _rename(source: Source, method: ast.Attribute, name: str) -> list[Edit]:
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


def _async_for(source: Source, node: ast.expr) -> list[Edit]:
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
        return _rename(source, rows.func, "iterator")
    return []


def _gives_coroutine(node: ast.expr) -> bool:
    """Tell whether an expression calls a twin, or what a wrapper gave."""
    match node:
        case ast.Call(func=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))):
            return name in WRAPPERS
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name[1:] in NAMES or name == "to_thread"
    return False


def _with_relation(source: Source, node: ast.expr) -> list[Edit]:
    """Return the edit that loads a relation with its row, where the one query that gives the row stands here."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    rows = _query(source, node) if names else None
    if not isinstance(rows, ast.Call | ast.Attribute) or _calls(rows) & NO_ROWS:
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


def _calls(node: ast.expr) -> set[str]:
    """Return the names of attributes and methods in an expression."""
    return {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def _decorated(source: Source, node: ast.expr, line: int, uses: Callable[[str], int]) -> list[Edit]:
    """Return the edits that decorate a plain function of this file, which the awaited call alone uses."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            definitions = [each for each in ast.walk(source.tree) if isinstance(each, Definition) and each.name == name]
        case _:
            return []
    match definitions:
        case [ast.FunctionDef(decorator_list=[]) as helper] if helper.lineno <= line <= (helper.end_lineno or line):
            pass
        case _:
            return []
    awaits = _await(source, node)
    is_generator = any(isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(helper))
    if awaits is None or is_generator or isinstance(source.parents[helper], ast.ClassDef) or uses(name) != 2:
        return []
    start = source.line_start(helper.lineno)
    indent = source.text[start : source.start(helper)]
    imports = _import(source, helper)
    if indent.strip() or imports is None:
        return []
    return [*awaits, *imports, Edit(start, start, f"{indent}@{WRAPPER}{source.newline}")]


def _import(source: Source, helper: ast.FunctionDef) -> list[Edit] | None:
    """Return the edit that imports the wrapper above its use, None when its name means something else here."""
    body = source.tree.body
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.module == ITS_MODULE and node.lineno < helper.lineno:
            known = {alias.asname or alias.name: alias.name for alias in node.names}
            if known.get(WRAPPER) == WRAPPER:
                return []
    if re.search(rf"\b{WRAPPER}\b", source.text):
        return None
    head = list(takewhile(_is_head, body))
    first = body[len(head) :][:1]
    line = (head[-1].end_lineno or 0) + 1 if head else min(_lines(first[0]))
    start = source.line_start(line)
    return [Edit(start, start, f"from {ITS_MODULE} import {WRAPPER}{source.newline}")]


def _is_head(node: ast.stmt) -> bool:
    """Tell whether a statement is an import, or a text by itself such as a module's own."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.Import | ast.ImportFrom)


def _lines(node: ast.stmt) -> list[int]:
    return [node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))]
