"""Classes with a method of the wrong colour: Django calls it the other way, before or instead of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from async_audit.static.functions import Event

if TYPE_CHECKING:
    from async_audit.static.classes import Class
    from async_audit.static.engine import Engine

MIXINS = {
    "django.contrib.auth.mixins.AccessMixin",
    "django.contrib.auth.mixins.LoginRequiredMixin",
    "django.contrib.auth.mixins.PermissionRequiredMixin",
    "django.contrib.auth.mixins.UserPassesTestMixin",
}
HANDLERS = ("get", "post", "put", "patch", "delete", "head", "options")
# Methods that Django calls without awaiting them.
OF_MIXINS = ("test_func", "has_permission", "handle_no_permission")
OF_MODELS = ("save", "delete", "full_clean", "clean")


def check(engine: Engine, cls: Class) -> None:
    """Note a view that is async behind a sync mixin, and async methods that nothing awaits."""
    if not cls.module.is_own:
        return
    mixin = next((name for name in sorted(cls.outside_bases) if name in MIXINS), "")
    if mixin and not _is_async(cls, "dispatch"):  # a project may give the mixin an async dispatch
        handler = next((name for name in HANDLERS if _is_async(cls, name)), "")
        if handler:
            name = mixin.rpartition(".")[2]
            text = f"{name} asks for the user on the event loop, before async {handler}(); check request.auser() in it"
            _note(engine, cls, cls.node, "DAS010", text)
    for name in (*(OF_MIXINS if mixin else ()), *(OF_MODELS if cls.is_model else ())):
        method = cls.members.get(name)
        if isinstance(method, ast.AsyncFunctionDef):
            _note(engine, cls, method, "DAS007", f"Django calls {name}() and does not await it; make it a plain method")


def _is_async(cls: Class, name: str) -> bool:
    found = cls.member(name)
    return found is not None and isinstance(found[1], ast.AsyncFunctionDef)


def _note(engine: Engine, cls: Class, node: ast.stmt, code: str, text: str) -> None:
    engine.report_at(cls.module, cls.qualname, Event(code, text, node.lineno, node.col_offset, 1))
