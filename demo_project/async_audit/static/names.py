"""Finds what a name means: through imports, re-exports and classes, without running anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from async_audit.static.classes import Class, last_name
from async_audit.static.functions import Function
from async_audit.static.models import Models
from async_audit.static.values import UNKNOWN, ClassValue, Constant, FunctionValue, ModuleValue, Outside, Value

if TYPE_CHECKING:
    from async_audit.static.modules import Files, Module

OF_SOCKETS = ("channels.auth", "channels.sessions")
SESSIONS = {"SessionMiddleware", "SessionMiddlewareStack"}
USERS = {"AuthMiddleware", "AuthMiddlewareStack"}
DEEPEST = 20  # re-exports of re-exports
LOGIN_REQUIRED = "django.contrib.auth.middleware.LoginRequiredMiddleware"


class Names:
    """Resolves names of modules and classes; the values of variables come from running a module's statement."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.models = Models(self)
        self._classes: dict[ast.ClassDef, Class] = {}
        self._functions: dict[ast.AST, Function] = {}
        self._settings: dict[str, Settings] = {}

    def class_of(self, node: ast.ClassDef, module: Module, outer: str = "") -> Class:
        """Return the one Class for a class statement."""
        if node not in self._classes:
            self._classes[node] = Class(node, module, self, outer)
        return self._classes[node]

    def function_of(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, module: Module, cls: Class | None = None
    ) -> Function:
        """Return the one Function for a def statement that is not nested in another function."""
        if node not in self._functions:
            self._functions[node] = Function(node, module, cls)
        return self._functions[node]

    def find(self, module: Module, name: str, depth: int = DEEPEST) -> Value | ast.stmt | None:
        """Return what a module's top-level name is; a statement where only running it would tell; None if unbound."""
        binding = module.names.get(name)
        if binding is None:
            return self._find_by_star(module, name, depth)
        if isinstance(binding, tuple):
            return self.imported(module, *binding, depth - 1)
        if isinstance(binding, ast.ClassDef):
            return ClassValue(self.class_of(binding, module))
        if isinstance(binding, ast.FunctionDef | ast.AsyncFunctionDef):
            return FunctionValue(self.function_of(binding, module))
        return binding

    def _find_by_star(self, module: Module, name: str, depth: int) -> Value | ast.stmt | None:
        if depth <= 0:
            return None
        for origin in module.stars:
            other = self.files.find(origin, module)
            if other is None:
                if origin in ("django.db.models", "channels.db", "django.db"):
                    return Outside(f"{origin}.{name}")
            elif other is not module and (found := self.find(other, name, depth - 1)):
                return found if isinstance(found, Value) else UNKNOWN
        return None

    def imported(self, importer: Module, origin: str, name: str, depth: int = DEEPEST) -> Value:
        """Return what `from origin import name` gives, or `import origin` without a name."""
        if depth <= 0:
            return UNKNOWN
        module = self.files.find(origin, importer)
        if not name:
            return ModuleValue(module) if module else Outside(origin)
        if module:
            found = self.find(module, name, depth)
            if found is not None:
                return found if isinstance(found, Value) else self.variable(module, name)
            inner = self.files.find(f"{module.name}.{name}", importer) if module.is_package else None
            return ModuleValue(inner) if inner else UNKNOWN
        inner = self.files.find(f"{origin}.{name}", importer)
        return ModuleValue(inner) if inner else Outside(f"{origin}.{name}")

    def variable(self, module: Module, name: str) -> Value:
        """Return the value of a module's variable; the engine replaces this by one that runs its statement."""
        return UNKNOWN

    def resolve(self, node: ast.expr, module: Module) -> Value:
        """Return what a dotted name means at the top of a module."""
        if isinstance(node, ast.Name):
            found = self.find(module, node.id)
            if isinstance(found, Value):
                return found
            return self.variable(module, node.id) if found is not None else UNKNOWN
        if isinstance(node, ast.Attribute):
            return self.attribute(self.resolve(node.value, module), node.attr)
        if isinstance(node, ast.Call):
            return self.variable_of(node, module)
        return UNKNOWN

    def variable_of(self, node: ast.expr, module: Module) -> Value:
        """Return the value of an expression at the top of a module; the engine replaces this too."""
        return UNKNOWN

    def attribute(self, owner: Value, name: str) -> Value:
        """Return an attribute of a module, a class or something outside, as far as names tell."""
        match owner:
            case ModuleValue(module):
                found = self.find(module, name)
                if isinstance(found, Value):
                    return found
                if found is not None:
                    return self.variable(module, name)
                inner = self.files.find(f"{module.name}.{name}", module) if module.is_package else None
                return ModuleValue(inner) if inner else UNKNOWN
            case Outside(origin):
                dotted = f"{origin}.{name}"
                modules = self.files.modules
                inner = self.files.find(dotted, modules[0]) if modules and "." in dotted else None
                return ModuleValue(inner) if inner else Outside(dotted)
            case ClassValue(cls) if inner_class := cls.inner(name):
                return ClassValue(inner_class)
        return UNKNOWN

    def has_lazy_sessions(self, near: Module) -> bool:
        """Tell whether sockets have a session that nothing has loaded: Channels' middleware for sessions, not users."""
        if self.files.find(OF_SOCKETS[0], near):
            return False  # Channels itself
        bindings = [binding for module in self.files.together(near) for binding in module.names.values()]
        names = {binding[1] for binding in bindings if isinstance(binding, tuple) and binding[0] in OF_SOCKETS}
        return bool(names & SESSIONS) and not names & USERS

    def installed_apps(self, near: Module) -> frozenset[str]:
        """Return the applications that the settings of a module's project install."""
        return frozenset(
            node.value
            for statement in self.setting_statements("INSTALLED_APPS", near)
            for node in ast.walk(statement)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )

    def setting_statements(self, name: str, near: Module) -> Iterator[ast.stmt]:
        """Yield the statements of settings that give a setting its value, or change it."""
        for module in self.files.together(near):
            for statement in module.tree.body if module.has_settings else ():
                match statement:
                    case ast.Assign(targets=[target, *_]) | ast.AugAssign(target=target) | ast.Expr(value=target):
                        if any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(target)):
                            yield statement

    def settings(self, near: Module) -> Settings:
        """Return what the settings modules of a module's project say."""
        if near.project not in self._settings:
            found = self._settings[near.project] = Settings()
            for module in self.files.together(near):
                if module.has_settings:
                    found.read(module.tree)
        return self._settings[near.project]

    def middleware_uses_user(self, near: Module) -> bool:
        """Tell whether a sync middleware of a module's project, which runs in a thread, asks for the user."""
        settings = self.settings(near)
        if settings.uses_user is None:
            settings.uses_user = any(self._uses_user(path, near) for path in settings.middleware)
        return settings.uses_user

    def _uses_user(self, path: str, near: Module) -> bool:
        if path == LOGIN_REQUIRED:
            return True
        found = self.imported(near, *path.rpartition(".")[::2]) if "." in path else UNKNOWN
        if isinstance(found, ClassValue):
            return _reads_user(found.cls.node)
        return isinstance(found, FunctionValue) and _reads_user(found.function.node)


class Settings:
    """What settings modules say: strings that they assign, the first of a name, and the middleware."""

    def __init__(self) -> None:
        self.strings: dict[str, str] = {}
        self.middleware: list[str] = []
        self.uses_user: bool | None = None

    def read(self, tree: ast.Module) -> None:
        """Note what a module says."""
        for statement in tree.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))):
                    self.strings.setdefault(name, value)
                case ast.Assign(targets=[ast.Name(id="MIDDLEWARE")]) | ast.AugAssign(target=ast.Name(id="MIDDLEWARE")):
                    parts = [part.value for part in ast.walk(statement.value) if isinstance(part, ast.Constant)]
                    self.middleware += [part for part in parts if isinstance(part, str)]


def _reads_user(middleware: ast.AST) -> bool:
    """Tell whether a middleware without any async part reads something of request.user."""
    nodes = list(ast.walk(middleware))
    if any(isinstance(node, ast.AsyncFunctionDef) for node in nodes):
        return False
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "user"
        and last_name(node.value.value) == "request"
        for node in nodes
    )


def literal(value: Value) -> str:
    """Return the string that a value is, empty if it is none."""
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else ""
