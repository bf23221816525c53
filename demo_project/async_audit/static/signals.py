"""Signals: sending one on the event loop calls its sync receivers there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from async_audit.static.hooks import on_call
from async_audit.static.syntax import last_name
from async_audit.static.values import UNKNOWN, Constant, Coroutine, FunctionValue, OutsideInstance, Value

if TYPE_CHECKING:
    from async_audit.static.engine import Engine
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment

SIGNAL = "Signal"


@on_call("django.dispatch.Signal", "django.dispatch.dispatcher.Signal")
def signal(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Return a signal, which is told from others by where it is made."""
    return OutsideInstance(SIGNAL, (Constant((frame.module.path, node.lineno)),))


@on_call(f"{SIGNAL}.send", f"{SIGNAL}.send_robust")
def send(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Call the sync receivers that the project has connected."""
    for receiver in receivers(frame.engine).get(args[0], []):
        function = receiver.function
        if not function.is_async:
            summary = frame.engine.summary(function, receiver.bound, (), {})
            label = f"{frame.text(node.func)}() calls {function.name}(), which"
            frame.absorb(summary.events, function, node, "DAS017", label)
    return UNKNOWN


@on_call(f"{SIGNAL}.asend", f"{SIGNAL}.asend_robust")
def asend(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Call the sync receivers in a thread."""
    return Coroutine(UNKNOWN)


def receivers(engine: Engine) -> dict[Value, list[FunctionValue]]:
    """Return the receivers of each signal that the project makes, as modules and apps' ready() connect them."""
    if engine.receivers is None:
        engine.receivers = {}
        for module in engine.names.files.modules:
            if module.has_signals:
                for statement in module.tree.body:
                    _connect(engine, engine.top(module), statement)
    return engine.receivers


def _connect(engine: Engine, frame: Frame, statement: ast.stmt) -> None:
    assert engine.receivers is not None
    match statement:
        case ast.FunctionDef(decorator_list=decorators):
            for node in decorators:
                if isinstance(node, ast.Call) and last_name(node.func) == "receiver" and node.args:
                    first = node.args[0]
                    for part in first.elts if isinstance(first, ast.List | ast.Tuple) else [first]:
                        function = engine.names.function_of(statement, frame.module)
                        engine.receivers.setdefault(frame.eval(part), []).append(FunctionValue(function))
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr="connect"), args=[first, *_])):
            receiver = frame.eval(first)
            if isinstance(receiver, FunctionValue):
                engine.receivers.setdefault(frame.eval(owner), []).append(receiver)
        case ast.ClassDef(body=body):
            for inner in body:
                if isinstance(inner, ast.FunctionDef) and inner.name == "ready":
                    for line in inner.body:
                        _connect(engine, frame, line)
