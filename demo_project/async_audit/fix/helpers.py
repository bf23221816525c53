"""Moves a plain helper to a thread: a decorator above it, its import, and an await before its call."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from itertools import takewhile

from async_audit.fix.awaits import awaiting
from async_audit.fix.edits import Definition, Edit, Source

WRAPPER, ITS_MODULE = "sync_to_async", "asgiref.sync"


def with_decorator(source: Source, node: ast.expr, line: int, uses: Callable[[str], int]) -> list[Edit]:
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
    awaits = awaiting(source, node)
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
