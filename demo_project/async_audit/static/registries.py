"""Lists and dicts that a project fills while it is imported: what decorators, calls and subclasses put into them."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from async_audit.static.classes import Class
from async_audit.static.functions import Environment
from async_audit.static.growth import Use, grown_in, uses
from async_audit.static.values import CONTAINERS, ClassValue, FunctionValue, Instance, Value, join, tells

if TYPE_CHECKING:
    from async_audit.static.engine import Engine
    from async_audit.static.frame import Frame
    from async_audit.static.modules import Module


class Registries:
    """Knows what was put into the lists and dicts that belong to modules, to classes and to their objects."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: dict[tuple[object, str], Value] = {}
        self._done: set[ast.AST] = set()
        self._filled: set[tuple[object, str]] = set()

    @cached_property
    def _uses(self) -> dict[str, list[tuple[Module, Use]]]:
        found: dict[str, list[tuple[Module, Use]]] = {}
        for module in self._engine.names.files.modules:
            for use in uses(module):
                found.setdefault(use[0], []).append((module, use))
        return found

    def note(self, frame: Frame, node: ast.Name | ast.Attribute, value: Value) -> None:
        """Note what a list or dict has, which an object, a class or a module keeps under that name."""
        key: tuple[object, str] | None = None
        if isinstance(node, ast.Attribute):
            with frame.quietly():
                owner = frame.eval(node.value)
            if isinstance(owner, Instance | ClassValue) and not owner.cls.is_model:
                key = self._keeper(owner.cls, node.attr), node.attr
        elif node.id not in frame.env and node.id not in frame.function.closure:
            key = self._home(frame.module, node.id)
        if key is not None and tells(value):
            self._held[key] = join(self._held.get(key), value)

    def of_class(self, cls: Class, name: str, value: Value) -> Value:
        """Return a class's or object's attribute with all that was put into it, if it is a list or dict."""
        if not isinstance(value, CONTAINERS) or cls.is_model:
            return value
        key = keeper, _ = self._keeper(cls, name), name
        if key not in self._filled:
            self._filled.add(key)
            adders = {method.name for base in cls.mro for method in base.adding.get(name, ())}
            if "__init_subclass__" in adders:
                self._tell_subclasses(keeper)
            if "__init__" in adders:
                adders |= {each.name for each in (keeper, *self._engine.subclasses(keeper))}
            self._fill({name, *adders})
        return join(value, self._held.get(key))

    def of_module(self, module: Module, name: str, value: Value) -> Value:
        """Return a module's variable with all that was put into it, if it is a list or dict."""
        if not isinstance(value, CONTAINERS):
            return value
        key = module, name
        if key not in self._filled:
            self._filled.add(key)
            adders = {
                node.name
                for node in module.tree.body
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and name in grown_in(node)
            }
            self._fill({name, *adders})
        return join(value, self._held.get(key))

    def _fill(self, adders: set[str]) -> None:
        for adder in sorted(adders):
            for module, use in self._uses.get(adder, ()):
                self._run(module, use)

    def _run(self, module: Module, use: Use) -> None:
        _, node, around = use
        if node in self._done:
            return
        self._done.add(node)
        engine = self._engine
        with engine.from_the_top():
            frame = engine.top(module)
            if isinstance(around, ast.FunctionDef):
                frame.execute([line for line in around.body if isinstance(line, ast.Import | ast.ImportFrom)])
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    cls = engine.names.class_of(around, module) if isinstance(around, ast.ClassDef) else None
                    engine.decorated(engine.names.function_of(node, module, cls))
                case ast.ClassDef():
                    engine.decorate_class(frame, node)
                case _:
                    frame.execute([node])

    def _tell_subclasses(self, cls: Class) -> None:
        engine = self._engine
        for each in engine.subclasses(cls):
            hook = engine.member(each, "__init_subclass__")
            if isinstance(hook, FunctionValue):
                given: Environment = {}
                for word in each.node.keywords:
                    if word.arg:
                        given[word.arg] = engine.top(each.module).eval(word.value)
                with engine.from_the_top():
                    engine.summary(hook.function, ClassValue(each), (), given)

    def _home(self, module: Module, name: str) -> tuple[object, str]:
        """Return the module that a name comes from, and its name there."""
        binding = module.names.get(name)
        while isinstance(binding, tuple) and binding[1]:
            origin = self._engine.names.files.find(binding[0], module)
            if origin is None or origin is module:
                break
            module, name = origin, binding[1]
            binding = module.names.get(name)
        return module, name

    def _keeper(self, cls: Class, name: str) -> Class:
        """Return the farthest base that has an attribute of that name."""
        owners = [base for base in cls.mro if name in base.members or name in base.storing or name in base.adding]
        return owners[-1] if owners else cls
