"""How statements change what is known of a function's variables."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from async_audit.static import colours, containers, hooks
from async_audit.static.functions import Environment, Function
from async_audit.static.syntax import dotted, last_name
from async_audit.static.values import (
    CONTAINERS,
    NONE,
    UNKNOWN,
    ClassValue,
    Constant,
    Coroutine,
    FunctionValue,
    Items,
    Mapping,
    QuerySet,
    Value,
    join,
    tells,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame


MOST_ROUNDS = 2  # of a loop: a value is handed on from one variable to the next


def merged(ends: list[Environment]) -> Environment:
    """Return what holds after any of several branches."""
    first, *others = ends
    for other in others:
        if other is first:
            continue
        result = {}
        for name, value in first.items():
            if name in other:
                result[name] = value if other[name] is value else join(value, other[name])
            elif _outlives_branch(name):
                result[name] = join(value, None)
        for name, value in other.items():
            if name not in first and _outlives_branch(name):
                result[name] = join(None, value)
        first = result
    return first


def _outlives_branch(name: str) -> bool:
    """Tell whether a name is more than an attribute that was loaded in one branch only."""
    return "." not in name or name.startswith("self.")


def _expression(frame: Frame, node: ast.Expr) -> None:
    value = frame.eval(node.value)
    if isinstance(value, Coroutine):
        frame.unawaited(node.value, value, "it does nothing")


def _assign(frame: Frame, node: ast.Assign) -> None:
    value = frame.eval(node.value)
    for target in node.targets:
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, QuerySet):
            value = Items(tuple(frame.iterate(node.value, value) for _ in target.elts))
        frame.assign(target, value)


def _annotated_assign(frame: Frame, node: ast.AnnAssign) -> None:
    value = frame.eval(node.value) if node.value else UNKNOWN
    if value is UNKNOWN or value == Constant(None) or value in (Items(()), Mapping(())):
        hinted = frame.annotated(node.annotation)
        value = value if hinted is UNKNOWN else hinted
    frame.assign(node.target, value)


def _augmented_assign(frame: Frame, node: ast.AugAssign) -> None:
    left, right = frame.eval(node.target), frame.eval(node.value)
    if isinstance(right, QuerySet) and not isinstance(left, QuerySet):
        frame.iterate(node.value, right)
    if isinstance(left, CONTAINERS) and isinstance(right, CONTAINERS):
        containers.change(frame, node.target, lambda held: join(held, right))
    elif not isinstance(left, QuerySet):
        frame.assign(node.target, left)


def _return(frame: Frame, node: ast.Return) -> None:
    if isinstance(node.value, ast.GeneratorExp):
        frame.gives(frame.only_made(node.value))
    else:
        value = frame.eval(node.value) if node.value else NONE
        if node.value:
            frame.summary.returns.append((node.value, value))
        frame.gives(value)
    frame.is_over = True


def _raise(frame: Frame, node: ast.Raise) -> None:
    values = [frame.eval(part) for part in (node.exc, node.cause) if part]
    frame.raised = values[0] if values else UNKNOWN
    frame.is_over = True


def _leave(frame: Frame, node: ast.Break | ast.Continue) -> None:
    frame.is_over = True


def _if(frame: Frame, node: ast.If) -> None:
    if is_never(node.test):
        frame.execute(node.orelse)
        return
    known = frame.test(node.test)
    if known is None:
        frame.branches(node.body, node.orelse, test=node.test)
    else:
        frame.execute(node.body if known else node.orelse)


def is_never(node: ast.expr) -> bool:
    """Tell whether a condition is false by its text."""
    match node:
        case ast.Constant(value=value):
            return not value
        case ast.BoolOp(op=ast.And(), values=values):
            return any(map(is_never, values))
    return isinstance(node, ast.Name | ast.Attribute) and dotted(node).endswith("TYPE_CHECKING")


def _while(frame: Frame, node: ast.While) -> None:
    frame.test(node.test)
    before = dict(frame.env)
    _repeat(frame, node.body)
    frame.env = merged([before, frame.env])
    frame.execute(node.orelse)


def _for(frame: Frame, node: ast.For | ast.AsyncFor) -> None:
    value = frame.eval(node.iter)
    if isinstance(node, ast.AsyncFor):
        element = frame.iterate_async(node.iter, value)
    else:
        element = frame.iterate(node.iter, value)
    path = _gone_through(node.iter)
    before = dict(frame.env)
    for each in frame.one_by_one(value, element):
        _repeat(frame, node.body, node.target, each)
    rows = frame.env.get(path)
    frame.env = merged([before, frame.env])
    if isinstance(rows, CONTAINERS) and rows is not before.get(path) and not _assigns(node.body, path):
        frame.env[path] = rows  # what a row gets in the loop, each of them has, and without rows there is none
    frame.execute(node.orelse)


def _assigns(body: list[ast.stmt], name: str) -> bool:
    """Tell whether statements give a variable another value."""
    parts = (part for line in body for part in ast.walk(line))
    return any(isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store) for part in parts)


def _gone_through(node: ast.expr) -> str:
    """Return the path of the list or dict whose elements a loop gets, in whatever order."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="values" | "items")):
            return dotted(owner)
        case ast.Call(func=ast.Name(id="enumerate" | "reversed" | "sorted" | "list" | "tuple"), args=[first, *_]):
            return _gone_through(first)
    return dotted(node)


def _repeat(frame: Frame, body: list[ast.stmt], target: ast.expr | None = None, element: Value = UNKNOWN) -> None:
    """Go through a loop's body, and once more where it has left variables of another kind than it found."""
    for _ in range(MOST_ROUNDS):
        before = dict(frame.env)
        if target:
            frame.assign(target, element)
        frame.branches(body)
        frame.is_over = False
        if not any(_has_changed(name, value, frame.env) for name, value in before.items()):
            break


def _has_changed(name: str, before: Value, env: Environment) -> bool:
    now = env.get(name, before)
    if now is before or isinstance(now, CONTAINERS) or not tells(now):
        return False
    return now != before and _outlives_branch(name)


def _with(frame: Frame, node: ast.With | ast.AsyncWith) -> None:
    for item in node.items:
        value = frame.eval(item.context_expr)
        entered = hooks.enter(frame, item.context_expr, value, isinstance(node, ast.AsyncWith))
        if item.optional_vars:
            frame.assign(item.optional_vars, entered)
    frame.execute(node.body)


def _try(frame: Frame, node: ast.Try) -> None:
    before = dict(frame.env)
    frame.execute([*node.body, *node.orelse])
    frame.cases = []
    ends = [] if frame.is_over else [frame.env]
    after = frame.env
    finds_loop = any(map(_finds_loop, node.body))
    if finds_loop:
        frame.finds_loop = True
        frame.certain.update(name for part in node.body + node.orelse for name in _names(part))
    for handler in node.handlers:
        if finds_loop and handler.type and last_name(handler.type) == "RuntimeError":
            continue  # what is gone through here runs on a loop
        frame.env, frame.is_over = merged([dict(after), dict(before)]), False
        if handler.name:
            frame.env[handler.name] = frame.raised
        if handler.type and last_name(handler.type) == "AttributeError":
            _are_no_querysets(frame, node.body)
        frame.execute(handler.body)
        frame.cases = []
        if not frame.is_over:
            ends.append(frame.env)
    is_over = not ends
    frame.env = merged(ends) if ends else after
    frame.is_over = False
    frame.execute(node.finalbody)
    frame.is_over = frame.is_over or is_over


def _are_no_querysets(frame: Frame, body: Sequence[ast.stmt]) -> None:
    """Forget that a value is a queryset, of which a method was not to be found."""
    owners = {dotted(part.value) for line in body for part in ast.walk(line) if isinstance(part, ast.Attribute)}
    frame.env.update((path, UNKNOWN) for path in owners if isinstance(frame.env.get(path), QuerySet))


def _finds_loop(node: ast.stmt) -> bool:
    """Tell whether a statement asks for the loop that runs, which fails where none does."""
    value = getattr(node, "value", None)
    return isinstance(value, ast.Call) and last_name(value.func) == "get_running_loop"


def _names(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _match(frame: Frame, node: ast.Match) -> None:
    frame.eval(node.subject)
    frame.branches(*(case.body for case in node.cases), [])


def _define(frame: Frame, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    outer = f"{frame.function.qualname}.<locals>."
    function = Function(node, frame.module, closure=frame.scope(), outer=outer)
    if function.is_async or hooks.runs_on_loop(frame.engine, function):
        frame.engine.entries.append(function)
    frame.env[node.name] = FunctionValue(function)


def _define_class(frame: Frame, node: ast.ClassDef) -> None:
    cls = frame.names.class_of(node, frame.module, f"{frame.function.qualname}.<locals>.")
    cls.bases = [frame.eval(base) for base in node.bases]  # which may be classes of this function
    frame.env[node.name] = ClassValue(cls)
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            method = frame.names.function_of(statement, frame.module, cls)
            method.closure = frame.scope()
            if method.is_async or hooks.runs_on_loop(frame.engine, method):
                frame.engine.entries.append(method)
    colours.check(frame.engine, cls)


def _import(frame: Frame, node: ast.Import | ast.ImportFrom) -> None:
    names: dict[str, object] = {}
    frame.module.bind([node], names)  # type: ignore[arg-type]
    for name, binding in names.items():
        if isinstance(binding, tuple):
            frame.env[name] = frame.names.imported(frame.module, *binding)


def _delete(frame: Frame, node: ast.Delete) -> None:
    for target in node.targets:
        if path := dotted(target):
            frame.env.pop(path, None)


def _assert(frame: Frame, node: ast.Assert) -> None:
    frame.test(node.test)


STATEMENTS: dict[type[ast.AST], Callable[[Frame, Any], None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated_assign,
    ast.AugAssign: _augmented_assign,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _leave,
    ast.Continue: _leave,
    ast.If: _if,
    ast.While: _while,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.FunctionDef: _define,
    ast.AsyncFunctionDef: _define,
    ast.ClassDef: _define_class,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.Delete: _delete,
    ast.Assert: _assert,
}
