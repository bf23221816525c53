"""What a template runs of the project beside its variables: tags, filters and the context processors of settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from async_audit.static.classes import keyword
from async_audit.static.functions import Environment, Function
from async_audit.static.syntax import last_name
from async_audit.static.values import UNKNOWN, FunctionValue, Instance, Mapping, Request, Value

if TYPE_CHECKING:
    from async_audit.static.engine import Engine
    from async_audit.static.frame import Frame
    from async_audit.static.modules import Module

LOADS = re.compile(r"\{%\s*load\s+(?:[\w\s.]+\sfrom\s+)?([\w\s.]+?)\s*%\}")
TAGS = re.compile(r"\{%\s*(\w+)((?:\s+[^%]*)?)%\}")
FILTERED = re.compile(r"([\w.]+)((?:\|\w+)+)")
OPTION = "context_processors"
KINDS = ("simple_tag", "simple_block_tag", "inclusion_tag", "tag", "filter")


def processed(frame: Frame, node: ast.Call, request: Request) -> Environment:
    """Call the project's context processors with the request, as render() does; return the names that they add."""
    found: Environment = {}
    for path in _processors(frame):
        module_name, _, name = path.rpartition(".")
        value = UNKNOWN if path.startswith("django.") else frame.names.imported(frame.module, module_name, name)
        if isinstance(value, Instance) and isinstance(
            call := frame.engine.member(value.cls, "__call__"), FunctionValue
        ):
            value = FunctionValue(call.function, value)
        if isinstance(value, FunctionValue):
            summary = frame.engine.summary(value.function, value.bound, [request], {})
            label = f"{frame.text(node.func)}() calls the context processor {name}(), which"
            frame.absorb(summary.events, value.function, node, "DAS014", label)
            if isinstance(summary.result, Mapping):
                found |= dict(summary.result.items)
    return found


def _processors(frame: Frame) -> Iterator[str]:
    for statement in frame.names.setting_statements("TEMPLATES", frame.module):
        for node in ast.walk(statement):
            match node:
                case ast.Dict(keys=keys, values=values):
                    for key, value in zip(keys, values, strict=True):
                        if isinstance(key, ast.Constant) and key.value == OPTION:
                            yield from _texts(value)
                case ast.Call(func=called, args=args) if OPTION in set(_texts(called)):
                    for value in args:
                        yield from _texts(value)
                case ast.AugAssign(target=target, value=value) if OPTION in set(_texts(target)):
                    yield from _texts(value)


def _texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def run(frame: Frame, node: ast.Call, known: Environment, text: str) -> None:
    """Call the tags and filters of the project that a template uses."""
    names = {name for loaded in LOADS.findall(text) for name in loaded.split()}
    functions: dict[str, tuple[str, Function]] = {}
    for module in frame.names.files.modules if names else ():
        if module.name.rpartition(".")[2] in names and ".templatetags." in f".{module.name}":
            functions |= {name: (kind, function) for name, kind, function in _registered(frame.engine, module)}
    if not functions:
        return
    for name, arguments in TAGS.findall(text):
        if functions.get(name, ("filter",))[0] != "filter":
            _call(frame, node, name, functions[name][1], [known.get(part, UNKNOWN) for part in arguments.split()])
    for path, filters in FILTERED.findall(text):
        for name in filters.split("|")[1:]:
            if functions.get(name, ("",))[0] == "filter":
                _call(frame, node, name, functions[name][1], [known.get(path, UNKNOWN)])


def _registered(engine: Engine, module: Module) -> Iterator[tuple[str, str, Function]]:
    for statement in module.tree.body:
        if not isinstance(statement, ast.FunctionDef):
            continue
        for decorator in statement.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if last_name(called) in KINDS:
                given = keyword(decorator, "name") if isinstance(decorator, ast.Call) else None
                name = given.value if isinstance(given, ast.Constant) else statement.name
                yield str(name), last_name(called), engine.names.function_of(statement, module)


def _call(frame: Frame, node: ast.Call, name: str, function: Function, args: list[Value]) -> None:
    """Call a tag or filter; of a tag that gives a node, its render(), and of one that gives a context, its template."""
    from async_audit.static import templates

    kinds = [(last_name(getattr(part, "func", part)), part) for part in function.decorators]
    label = f"the template uses {name}, which"
    takes_context = any(keyword(part, "takes_context") for _, part in kinds)
    summary = frame.engine.summary(function, None, [*([UNKNOWN] if takes_context else []), *args], {})
    frame.absorb(summary.events, function, node, "DAS014", label)
    for kind, part in kinds:
        match kind, summary.result:
            case "tag", Instance() as made:
                render = frame.engine.member(made.cls, "render")
                if isinstance(render, FunctionValue):
                    events = frame.engine.summary(render.function, made, [UNKNOWN], {}).events
                    frame.absorb(events, render.function, node, "DAS014", label)
            case "inclusion_tag", Mapping() as context if isinstance(part, ast.Call) and part.args:
                file = getattr(part.args[0], "value", "")
                templates.render_file(frame, node, context, str(file))
