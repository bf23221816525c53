"""The programs of demo_project/gallery/, as their source describes them; reading it runs nothing.

The name of a program is its contract:
    broken_x    raises SynchronousOnlyOperation, or the error that its file declares
    partial_x   looks repaired, and still raises
    trap_x      passes, and costs what it declares with @costs
    fixed_x     passes; fixed_x_2 is another way to do it
The control of broken_x is its body where no event loop runs. It gives what fixed_x gives, or its file says why not.

Constants of a file say the rest, each as one value for all its shapes or as {value: [shapes]}:
    CODE        the checker's code, or None; @shape("DAS001", …) names others for one program
    CATALOGUE   numbers in the catalogue of shapes
    RAISES      the error of those that fail without SynchronousOnlyOperation; "never awaited" is one
    CONTROL     why the control differs: one of DIFFERS
    RUNNER      what runs them, where that is not a loop as a server has it: one of RUNNERS
    DATABASE    "postgresql" where SQLite hides what the shape is about
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .scratch import PROJECT

GALLERY = PROJECT / "gallery"
KINDS = ("broken", "partial", "trap", "fixed")
NAME = re.compile(rf"({'|'.join(KINDS)})_?(.+?)(_[2-9])?", re.IGNORECASE)
EXPECT = re.compile(r"# expect: (DAS\d{3})$")
# What stands beside the programs: the marks, and the bookshop that they are about.
NO_PROGRAMS = ("shape.py", "shop")
SAID = ("CODE", "CATALOGUE", "RAISES", "CONTROL", "RUNNER", "DATABASE")


DIFFERS = {
    "fails without a loop too": "the loop is not what is wrong, or not alone",
    "needs a loop": "it uses the loop itself: tasks, a socket, a loop that it starts",
    "fixed does other work": "fixed_ is not its repair, but work that looks alike and is right",
}
RUNNERS = {
    "loop": "awaited, as a server does",
    "script": "a plain function, called where no loop runs",
    "command": "the `handle` of a management command, which `call_command` runs",
    "test": "a test of pytest with pytest-django and pytest-asyncio",
    "cell": "a plain function, called by a kernel whose loop runs",
}


@dataclass(frozen=True)
class Program:
    """A function or class named broken…, partial…, trap… or fixed…, and what it and its file say of it."""

    path: str
    name: str
    kind: str
    about: str
    lines: range
    codes: frozenset[str]
    catalogue: tuple[int, ...]
    expected: int | None
    raises: str
    differs: str
    runner: str
    database: str
    costs: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def is_run(self) -> bool:
        """Tell whether it is run by itself: a class is called by a program of its own, and text/ is only read."""
        return "/" not in self.path and self.name.islower()

    @property
    def key(self) -> tuple[str, str]:
        """Name of the file and of the program."""
        return Path(self.path).stem, self.name

    @property
    def pair(self) -> tuple[str, str]:
        """Path of the file, and what all programs of one shape have in common."""
        return self.path, self.about

    def holds(self, path: str, line: int) -> bool:
        """Tell whether a line is one of this program's."""
        return path == self.path and line in self.lines

    def __str__(self) -> str:
        return "-".join(self.key)


def gallery_files() -> list[Path]:
    """Return the files of programs, in order."""
    files = sorted(GALLERY.rglob("*.py"))
    return [file for file in files if file.relative_to(GALLERY).parts[0] not in NO_PROGRAMS]


@cache
def programs() -> tuple[Program, ...]:
    """Return all programs, in the order of files and lines."""
    return tuple(program for file in gallery_files() for program in read_programs(file))


def read_programs(file: Path) -> Iterator[Program]:
    """Yield the programs of a file; what stands nested in one belongs to it. Raises ValueError for two marks of one."""
    text = file.read_text(encoding="utf-8")
    body = ast.parse(text).body
    about = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in SAID
    }
    path = file.relative_to(GALLERY).as_posix() if file.is_relative_to(GALLERY) else file.name
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and (
            named := NAME.fullmatch(node.name)
        ):
            yield _program(path, node, named, text.splitlines(), about)


def _program(path: str, node: Any, named: re.Match[str], lines: list[str], about: dict[str, Any]) -> Program:
    first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
    span = range(first, node.end_lineno + 1)
    expected = [(line, found[1]) for line in span if (found := EXPECT.search(lines[line - 1]))]
    if len(expected) > 1:
        raise ValueError(f"{path}: {node.name} expects two lines, and only one can be the first that is wrong.")
    said = {name: _said(about.get(name), named[2]) for name in SAID}
    codes, _none = _mark(node, "shape")
    return Program(
        path=path,
        name=node.name,
        kind=named[1].lower(),
        about=named[2],
        lines=span,
        codes=frozenset(codes or [code for _line, code in expected] or said["CODE"]),
        catalogue=tuple(said["CATALOGUE"]),
        expected=expected[0][0] if expected else None,
        raises="".join(said["RAISES"]),
        differs="".join(said["CONTROL"]),
        runner="".join(said["RUNNER"]) or "loop",
        database="".join(said["DATABASE"]) or "sqlite",
        costs=_mark(node, "costs")[1],
    )


def _said(value: Any, about: str) -> list[Any]:
    """Return what a file's constant says of one shape."""
    if isinstance(value, dict):
        return [each for each, names in value.items() if about in names]
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _mark(node: Any, name: str) -> tuple[list[Any], dict[str, Any]]:
    """Return what stands in the brackets of `@shape(…)` or `@costs(…)`, if there is one."""
    for call in node.decorator_list:
        if isinstance(call, ast.Call) and ast.unparse(call.func) == name:
            values = {str(key.arg): ast.literal_eval(key.value) for key in call.keywords}
            return [ast.literal_eval(value) for value in call.args], values
    return [], {}


@cache
def pairs() -> dict[tuple[str, str], tuple[Program, ...]]:
    """Return the programs of each shape, by path and common name."""
    found: dict[tuple[str, str], tuple[Program, ...]] = {}
    for program in programs():
        found[program.pair] = (*found.get(program.pair, ()), program)
    return found
