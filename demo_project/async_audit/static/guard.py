"""DJANGO_ALLOW_ASYNC_UNSAFE: Django's guard switched off, which hides every other finding at run time."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from async_audit.static.functions import Event
from async_audit.static.syntax import last_name

if TYPE_CHECKING:
    from async_audit.static.engine import Engine
    from async_audit.static.modules import Module

NAME = "DJANGO_ALLOW_ASYNC_UNSAFE"
SETTERS = {"setdefault", "update", "putenv", "setenv", "setitem"}
TEXT = f"{NAME} switches Django's guard off: nothing is raised any more, and two tasks may share a transaction"


def check(engine: Engine, module: Module) -> None:
    """Note each line of a module that sets the variable, to whatever value: any text but an empty one counts."""
    if not module.sets_guard:
        return
    for node in ast.walk(module.tree):
        if _sets(node) and isinstance(node, ast.expr | ast.stmt):
            engine.report_at(module, "", Event("DAS021", TEXT, node.lineno, node.col_offset, 1))


def _sets(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=name))], value=value):
            return name == NAME and not _is_empty(value)
        case ast.AugAssign(value=ast.Dict(keys=keys)):
            return any(isinstance(key, ast.Constant) and key.value == NAME for key in keys)
        case ast.Call(func=ast.Attribute() as function, args=args, keywords=keywords):
            if last_name(function) not in SETTERS:
                return False
            given = [part.value for part in args if isinstance(part, ast.Constant)]
            given += [key.value for part in args if isinstance(part, ast.Dict) for key in part.keys
                      if isinstance(key, ast.Constant)]  # fmt: skip
            return NAME in given or any(keyword.arg == NAME for keyword in keywords)
    return False


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == ""
