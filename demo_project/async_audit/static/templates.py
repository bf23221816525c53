"""Templates: what rendering one with rows and querysets in its context asks."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from async_audit.static import template_tags
from async_audit.static.hooks import on_call
from async_audit.static.values import (
    UNKNOWN,
    Constant,
    Instance,
    LazyUser,
    Mapping,
    OutsideInstance,
    QuerySet,
    Request,
    Value,
)

if TYPE_CHECKING:
    from async_audit.static.frame import Frame
    from async_audit.static.functions import Environment

USES = re.compile(r"\{\{\s*([\w.]+)|\{%\s*for\s+(\w+)\s+in\s+([\w.]+)|\{%\s*(?:if|with|elif)\s+([\w.]+)")
OTHERS = re.compile(r"""\{%\s*(?:extends|include)\s+["']([^"']+)["']""")
LARGEST = 200_000  # bytes
NEWLINE = "\n"  # which an f-string of Python 3.11 may not have in its braces


@on_call("django.shortcuts.render", "django.template.loader.render_to_string")
def render(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Render the template that is named."""
    name = next((value.value for value in args if isinstance(value, Constant) and isinstance(value.value, str)), "")
    return _render(frame, node, [*args, *kwargs.values()], _file(frame, name))


@on_call("django.template.loader.get_template", "django.template.Template", "django.template.base.Template")
def get_template(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Return a template, with its name or text."""
    text = args[0].value if args and isinstance(args[0], Constant) else ""
    is_named = frame.text(node.func).endswith("get_template")
    return OutsideInstance("Template", tuple(map(Constant, _file(frame, str(text)) if is_named else ("", text))))


@on_call("Template.render")
def render_template(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Render a template that was made before."""
    match args[0]:
        case OutsideInstance(args=(Constant(value=str(file)), Constant(value=str(text)))):
            return _render(frame, node, [*args[1:], *kwargs.values()], (file, text))
    return UNKNOWN


@on_call("django.template.Context", "django.template.RequestContext")
def context(frame: Frame, node: ast.Call, args: list[Value], kwargs: Environment) -> Value:
    """Return the names that a template gets."""
    return next((value for value in args if isinstance(value, Mapping)), UNKNOWN)


def _render(frame: Frame, node: ast.Call, args: list[Value], template: tuple[str, str]) -> Value:
    from async_audit.static.attributes import attribute

    given = next((value for value in args if isinstance(value, Mapping)), Mapping(()))
    # A context processor of the default settings hands out the user of the request.
    request = next((value for value in args if isinstance(value, Request)), None)
    always: Environment = {"user": attribute(frame, node, request, "user"), "request": request} if request else {}
    if request:
        always |= template_tags.processed(frame, node, request)
    if template[1]:
        _through(frame, node, always | dict(given.items), template)
    else:
        _guess(frame, node, given)
    return UNKNOWN


def render_file(frame: Frame, node: ast.Call, given: Mapping, name: str) -> None:
    """Render the template of a tag with the context that the tag gives."""
    _through(frame, node, dict(given.items), _file(frame, name))


def _through(frame: Frame, node: ast.Call, known: Environment, template: tuple[str, str]) -> None:
    for file, text in _with_others(frame, template, set()):
        _walk(frame, node, known, file, text)
        template_tags.run(frame, node, known, text)


def _guess(frame: Frame, node: ast.Call, given: Mapping) -> None:
    """Without the template, a lazy value in the context is taken to be used."""
    for name, value in given.items:
        if isinstance(value, LazyUser | QuerySet):
            _use(frame, node, "the template", name, value)


def _walk(frame: Frame, node: ast.Call, known: Environment, where: str, text: str) -> None:
    """Note what a template asks, at its file and line."""
    for use in USES.finditer(text):
        shown, variable, gone_through, tested = use.groups()
        path = shown or gone_through or tested
        place = f"{where}:{text.count(NEWLINE, 0, use.start()) + 1}" if where else "the template"
        name, *attributes = path.split(".")
        value = known.get(name, UNKNOWN)
        for attribute in attributes:
            value = _attribute(frame, node, f"{place} shows {path}", value, attribute)
        _use(frame, node, place, path, value)
        if variable:
            known[variable] = frame.element(value)


def _attribute(frame: Frame, node: ast.Call, path: str, owner: Value, name: str) -> Value:
    from async_audit.static.attributes import attribute
    from async_audit.static.calls import apply
    from async_audit.static.values import Bound, FunctionValue

    with _renamed(frame, path):
        value = attribute(frame, node, owner, name)
        if isinstance(value, Bound | FunctionValue) and isinstance(owner, Instance | QuerySet):
            return apply(frame, ast.copy_location(ast.Call(node.func, [], []), node), value, [], {})
    return value


class _renamed:  # noqa: N801  # it is used like a function
    """Calls what a template asks DAS014."""

    def __init__(self, frame: Frame, path: str) -> None:
        self.frame, self.path = frame, path

    def __enter__(self) -> None:
        self.known = len(self.frame.summary.events)

    def __exit__(self, *_: object) -> None:

        events = self.frame.summary.events
        for number, event in enumerate(events[self.known :], self.known):
            text = f"{self.path}, which asks the database here; load it before"
            events[number] = replace(event, code="DAS014", message=text)


def _use(frame: Frame, node: ast.Call, place: str, path: str, value: Value) -> None:
    if isinstance(value, QuerySet) and not value.is_evaluated and not value.is_manager:
        text = f"{place} gets {path}, a lazy queryset, and evaluates it here; pass a list"
        frame.ask(node, "DAS014", text, value.surety)
    elif isinstance(value, LazyUser):
        frame.ask(node, "DAS014", f"{place} gets {path}, which asks for the user here; await auser()")
    elif isinstance(value, Instance):
        with _renamed(frame, f"{place} shows {path}"):
            frame.show(node, value)


def _with_others(frame: Frame, template: tuple[str, str], known: set[str]) -> Iterator[tuple[str, str]]:
    """Yield a template, and those behind it that it extends or includes."""
    yield template
    for name in OTHERS.findall(template[1]):
        if name not in known:
            known.add(name)
            yield from _with_others(frame, _file(frame, name), known)


def _file(frame: Frame, name: str) -> tuple[str, str]:
    """Return the nearest template of a name, as its file and text; both are empty when it is not in the folder."""
    root = frame.names.files.root
    found = sorted(_templates(root, name)) if name else []
    inside = {path: path.relative_to(root).as_posix() for path in found}
    nearest = max(found, key=lambda path: len(os.path.commonpath([inside[path], frame.module.path])), default=None)
    return (inside[nearest], nearest.read_text(encoding="utf-8", errors="replace")) if nearest else ("", "")


@lru_cache(maxsize=500)
def _templates(root: Path, name: str) -> tuple[Path, ...]:
    return tuple(path for path in _candidates(root, name) if path.is_file() and path.stat().st_size < LARGEST)


def _candidates(root: Path, name: str) -> Iterator[Path]:
    if root.is_dir() and re.fullmatch(r"[\w./-]+", name) and ".." not in name:
        folders = (Path(folder) for folder, _, _ in os.walk(root) if os.path.basename(folder) == "templates")
        yield from (folder / name for folder in folders if "node_modules" not in folder.parts)
