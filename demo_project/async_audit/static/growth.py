"""Where source text adds to a list or dict, and which statements of a project's modules do so by themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from async_audit.static.syntax import last_name

if TYPE_CHECKING:
    from async_audit.static.modules import Module

GROWING = frozenset(["append", "appendleft", "add", "insert", "extend", "update", "setdefault"])


def grown(node: ast.AST) -> ast.expr | None:
    """Return what a part of the source adds an element to, None when it adds none."""
    match node:
        case ast.Subscript(value=owner, ctx=ast.Store()):
            return _outermost(owner)
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in GROWING:
            return _outermost(owner)
        case ast.AugAssign(target=ast.Name() | ast.Attribute() as owner):
            return owner
    return None


def _outermost(node: ast.expr) -> ast.expr | None:
    """Return the container that holds the one an expression is: `d` of `d[key]`, and of `d.setdefault(key, [])`."""
    match node:
        case ast.Name() | ast.Attribute():
            return node
        case ast.Subscript(value=owner) | ast.Call(func=ast.Attribute(value=owner, attr="setdefault" | "get")):
            return _outermost(owner)
    return None


def grown_in(node: ast.AST) -> set[str]:
    """Return the last names of all that a function's text adds to."""
    return {last_name(found) for part in ast.walk(node) if (found := grown(part))}


Use = tuple[str, ast.stmt, ast.stmt | None]  # a name, the statement that uses it, and the function it stands in


def uses(module: Module) -> Iterator[Use]:
    """Yield what a module calls, decorates with and adds to when it is imported, or when its application is ready."""
    stack: list[tuple[Sequence[ast.stmt], ast.stmt | None]] = [(module.tree.body, None)]
    while stack:
        body, around = stack.pop()
        for node in body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    yield from ((name, node, around) for part in node.decorator_list for name in _called(part))
                    if isinstance(node, ast.ClassDef) or (node.name == "ready" and isinstance(around, ast.ClassDef)):
                        stack.append((node.body, node))
                case ast.Expr(value=ast.Call() as call) | ast.Assign(value=ast.Call() as call):
                    yield from ((name, node, around) for name in _called(call))
                    if isinstance(node, ast.Expr) and (owner := grown(call)):
                        yield last_name(owner), node, around
                case ast.Assign(targets=[ast.Subscript() as target]) if owner := grown(target):
                    yield last_name(owner), node, around
                case ast.AugAssign() if owner := grown(node):
                    yield last_name(owner), node, around
                case ast.If() | ast.Try() | ast.With() | ast.For():
                    stack.append((node.body, around))
                    stack.append((getattr(node, "orelse", []), around))


def _called(node: ast.expr) -> Iterator[str]:
    """Yield the names of what an expression calls: both of `on("x")(function)`."""
    while isinstance(node, ast.Call):
        node = node.func
        if name := last_name(node):
            yield name
    if isinstance(node, ast.Name | ast.Attribute):
        yield last_name(node)
