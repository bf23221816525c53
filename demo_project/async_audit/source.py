"""A project's source files, as far as this machine has them: what their lines are, and which functions are async."""

import ast
import os
import re
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path

from async_audit.findings import Place
from async_audit.frames import Frame

PACKAGES = re.compile(r".*/(?:site|dist)-packages/")


@dataclass(frozen=True)
class Function:
    """A function definition, from the line of its `def` to its last."""

    name: str
    first: int
    last: int
    is_async: bool


@dataclass(frozen=True)
class Module:
    """A source file that Python can read."""

    lines: list[str]
    functions: list[Function]

    def function_at(self, line: int) -> Function | None:
        """Return the innermost function around a line."""
        around = [function for function in self.functions if function.first <= line <= function.last]
        return max(around, key=lambda function: function.first, default=None)


def read_module(file: str) -> Module | None:
    """Return a source file, None when it cannot be read or is no Python."""
    # A path comes from a log, which may name a device or a pipe.
    if not file.endswith(".py") or not os.path.isfile(file):
        return None
    try:
        with tokenize.open(file) as text, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in somebody's string is not what is looked for
            source = text.read()
            tree = ast.parse(source)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: nested too deep to parse
        return None
    functions = [
        Function(node.name, node.lineno, node.end_lineno or node.lineno, isinstance(node, ast.AsyncFunctionDef))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return Module(source.split("\n"), functions)


class Project:
    """The project in a folder; a log may come from another machine, where that folder has another path."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)
        self._files: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._modules: dict[str, Module | None] = {}

    def path(self, file: str) -> str:
        """Return the path of a file that is named from the project's folder."""
        return os.path.join(self._root, file)

    def name(self, file: str) -> str:
        """Return how output names a file: relative to the folder of the project or of the packages, when inside."""
        if PACKAGES.match(file):
            return PACKAGES.sub("", file)
        for path in (os.path.abspath(file), os.path.realpath(file) if os.path.exists(file) else file):
            if Path(path).is_relative_to(self._root):
                return Path(path).relative_to(self._root).as_posix()
        return file

    def place(self, frame: Frame) -> Place:
        """Return where a frame is."""
        if frame.path not in self._names:
            self._names[frame.path] = self.name(self._file(frame))
        return Place(self._names[frame.path], frame.line, frame.function)

    def has(self, frame: Frame) -> bool:
        """Tell whether a frame's file is in the project's folder."""
        return frame.in_project and Path(self._file(frame)).is_relative_to(self._root)

    def source(self, frame: Frame) -> str:
        """Return a frame's line of source: what the log has, or else what its file has."""
        return frame.source or self._line_now(frame) or ""

    def has_changed(self, frame: Frame) -> bool:
        """Tell whether the line that the log quotes reads otherwise now."""
        return bool(frame.source) and self._line_now(frame) not in (None, frame.source)

    def is_async(self, frame: Frame) -> bool | None:
        """Tell whether a frame is that of an `async def`, None when the source of that time is not here."""
        module = self._module(frame)
        function = module.function_at(frame.line) if module and not self.has_changed(frame) else None
        return function.is_async if function and function.name == frame.function else None

    def _line_now(self, frame: Frame) -> str | None:
        module = self._module(frame)
        return "".join(module.lines[frame.line - 1 : frame.line]).strip() if module else None

    def _module(self, frame: Frame) -> Module | None:
        file = self._file(frame)
        if file not in self._modules:
            self._modules[file] = read_module(file)
        return self._modules[file]

    def _file(self, frame: Frame) -> str:
        """Return a frame's file: the log's own path, or the same file in the project's folder here."""
        if frame.path not in self._files:
            path = self.path(frame.path)
            parts = frame.path.split("/")
            here = (os.path.join(self._root, *parts[n:]) for n in range(1, len(parts) - 1))
            known = [path, *here] if frame.in_project else []
            self._files[frame.path] = next(filter(os.path.isfile, known), path)
        return self._files[frame.path]
