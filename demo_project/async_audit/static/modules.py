"""The files of a project and the names in them; the project is read, never imported."""

from __future__ import annotations

import ast
import io
import os
import re
import sys
import tokenize
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from itertools import takewhile
from pathlib import Path

from async_audit.report import Unparsed
from async_audit.static import django_source, newer
from async_audit.static.text import Text
from async_audit.static.values import EVERYTHING

# Not the project's own code.
SKIPPED = {"__pycache__", "node_modules", "site-packages", "dist-packages", "venv", "env"}
TESTS = {"tests", "test", "testing", "conftest.py", "tests.py"}
CONTRIB = re.compile(r"django\.contrib\.\w+\.(models|base_user|base_session)")  # Django's own models
LARGEST = 4_000_000  # bytes; what is larger was written by a program
# Packages that an absolute import means, whatever a project calls its own modules.
OUTSIDE = {"django", "asgiref", "channels", "rest_framework", "adrf", "ninja", "strawberry", *sys.stdlib_module_names}
# What is given to select_related() and prefetch_related(), or to an option of that name.
LOADING = re.compile(rb"""_related(?:_objects)?(?:\(|\s*=\s*(?=[\[("']))((?:[^()]|\([^()]*\))*)""")
# A module that imports one of these calls something else "request" than Django does; aiohttp is mostly a client.
OTHER_REQUESTS = re.compile(
    rb"^\s*(?:from|import)\s+(?:starlette|fastapi|aiohttp\.web|aiohttp\s+import\s.*\bweb|sanic|litestar|quart)\b", re.M
)

# Files that mark the folder of a project, and settings that tell one's facts.
MARKS = {"manage.py", "pyproject.toml"}
SETTINGS = (b"SESSION_ENGINE", b"AUTH_USER_MODEL", b"MIDDLEWARE", b"INSTALLED_APPS", b"TEMPLATES")

Binding = ast.stmt | tuple[str, str]  # a statement, or an import: module and name in it


class Module:
    """A source file: its top-level names, and where its imports lead."""

    def __init__(self, path: str, name: str, tree: ast.Module, source: bytes, is_own: bool = True) -> None:
        self.path = path
        self.name = name
        self.tree = tree
        self.is_own = is_own
        self.is_package = path.endswith("__init__.py")
        self.has_async = b"async def" in source
        self.may_have_models = b"models." in source or b"Model)" in source or b"Field(" in source or b"Key(" in source
        self.executes_async = b"execute_async" in source
        self.has_signals = b"receiver" in source or b".connect(" in source
        self.sets_guard = b"DJANGO_ALLOW_ASYNC_UNSAFE" in source
        self.has_other_requests = OTHER_REQUESTS.search(source) is not None
        self.has_settings = any(name in source for name in SETTINGS)
        self.project = ""  # the folder, from the root, whose facts hold here
        self.loads = _relations(source)
        self.texts: dict[ast.AST, Text] = {}  # of its functions
        self.names: dict[str, Binding] = {}
        self.stars: list[str] = []
        self.bind(tree.body, self.names)

    def bind(self, body: Sequence[ast.stmt], names: dict[str, Binding]) -> None:
        """Note which statement or import gives each name of a body its value; the first one that has a value wins."""
        for statement in body:
            match statement:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    names[statement.name] = statement
                case ast.Assign(targets=targets):
                    for target in targets:
                        if isinstance(target, ast.Name):
                            names[target.id] = statement
                case ast.AnnAssign(target=ast.Name(id=name)):
                    names[name] = statement
                case ast.Import():
                    for alias in statement.names:
                        first = alias.name.split(".")[0]
                        names[alias.asname or first] = (alias.name if alias.asname else first, "")
                case ast.ImportFrom():
                    self._bind_from(statement, names)
                case ast.If() | ast.Try() | ast.With() | ast.TryStar():
                    self.bind(statement.body, names)
                    for handler in getattr(statement, "handlers", []):
                        self._bind_missing(handler.body, names)
                    self._bind_missing(getattr(statement, "orelse", []), names)

    def _bind_missing(self, body: Sequence[ast.stmt], names: dict[str, Binding]) -> None:
        other: dict[str, Binding] = {}
        self.bind(body, other)
        for name, value in other.items():
            names.setdefault(name, value)

    def _bind_from(self, statement: ast.ImportFrom, names: dict[str, Binding]) -> None:
        origin = self.absolute(statement.module or "", statement.level)
        for alias in statement.names:
            if alias.name == "*":
                self.stars.append(origin)
            else:
                names[alias.asname or alias.name] = (origin, alias.name)

    def absolute(self, name: str, level: int) -> str:
        """Return the full name of a module that is imported relative to this one."""
        if not level:
            return name
        parts = self.name.split(".")
        parts = parts[: len(parts) - level + self.is_package]
        return ".".join([*parts, name] if name else parts)


class Files:
    """The modules of a folder, and of Django's own `contrib` applications, which are read when they are asked for."""

    def __init__(
        self,
        root: Path,
        exclude: Sequence[str],
        tests: bool,
        progress: Callable[[int, int], None] | None,
        edited: Mapping[str, bytes],
    ) -> None:
        self.root = root
        self._edited = edited
        self.unparsed: list[Unparsed] = []
        self.modules: list[Module] = []
        self._by_suffix: dict[str, list[Module]] = {}
        self._outside: dict[str, Module | None] = {}
        self._nearest: dict[tuple[str, str], Module | None] = {}
        self._packages: set[str] = set()
        self._importers: dict[Module, set[Module]] | None = None
        self._loads: dict[Module, set[str]] = {}
        projects: set[str] = set()
        paths = list(_paths(root, exclude, tests, projects))
        self.count = len(paths)
        for number, (path, name) in enumerate(paths):
            if progress:
                progress(number, self.count)
            if module := self._read(path, name):
                self._add(module)
        with_settings = {_nearest(module.path, projects) for module in self.modules if module.has_settings}
        self._together: dict[str, list[Module]] = {}
        for module in self.modules:
            module.project = _nearest(module.path, with_settings)
            self._together.setdefault(module.project, []).append(module)
        if "" not in with_settings:
            self._together[""] = self.modules
        if progress:
            progress(self.count, self.count)

    def _read(self, path: str, name: str) -> Module | None:
        try:
            source = self._edited[path] if path in self._edited else _source(path)
            tree = _parse(source)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.unparsed.append(Unparsed(name, _reason(error)))
            return None
        return Module(name, name.removesuffix(".py").removesuffix("/__init__").replace("/", "."), tree, source)

    def loads_near(self, module: Module) -> set[str]:
        """Return the relations that are loaded where a module's rows may come from.

        That is in itself, in what it imports, in what imports it, be it through others, and in what that imports which
        imports it directly.
        """
        if module not in self._loads:
            if self._importers is None:
                self._importers = {}
                for importer in self.modules:
                    for imported in self._imports(importer):
                        self._importers.setdefault(imported, set()).add(importer)
            near, over, new = {module, *self._imports(module)}, {module}, [module]
            for importer in self._importers.get(module, ()):
                near.update(self._imports(importer))
            while new:
                added = self._importers.get(new.pop(), set()) - over
                over |= added
                new.extend(added)
            near |= over
            self._loads[module] = set().union(*(other.loads for other in near if other.project == module.project))
        return self._loads[module]

    def _imports(self, module: Module) -> Iterator[Module]:
        for statement in _statements(module.tree):
            match statement:
                case ast.Import(names=names):
                    wanted = [alias.name for alias in names]
                case ast.ImportFrom(names=names):
                    origin = module.absolute(statement.module or "", statement.level)
                    wanted = [origin, *(f"{origin}.{alias.name}" for alias in names)]
                case _:
                    continue
            yield from filter(None, (self.find(name, module) for name in wanted))

    def together(self, module: Module) -> list[Module]:
        """Return the modules of a module's project: under the nearest manage.py or pyproject.toml that has settings."""
        return self._together[module.project]

    def _add(self, module: Module) -> None:
        self.modules.append(module)
        if module.is_package:
            self._packages.add(module.name)
        parts = module.name.split(".")
        for start in range(len(parts)):
            self._by_suffix.setdefault(".".join(parts[start:]), []).append(module)

    def find(self, name: str, importer: Module) -> Module | None:
        """Return the module of that name which is nearest to its importer; None when it is not in the folder."""
        if name in self._by_suffix:
            key = name, importer.name
            if key not in self._nearest:
                found = [module for module in self._by_suffix[name] if self._is_top(name, module, importer)]
                self._nearest[key] = max(found, key=lambda module: _shared(module.name, importer.name), default=None)
            if module := self._nearest[key]:
                return module
        return self._installed(name) if CONTRIB.fullmatch(name) else None

    def _is_top(self, name: str, module: Module, importer: Module) -> bool:
        """Tell whether an absolute import of that name may mean a module; settings/django.py is not `django`."""
        folder = module.name[: -len(name) - 1]
        if folder not in self._packages:
            return True
        if name.split(".")[0] in OUTSIDE:
            return False
        # Else a needless __init__.py above the folder that is on the path, or a script beside the module.
        return "." in name or module.is_package or importer.name.rpartition(".")[0] == folder

    def _installed(self, name: str) -> Module | None:
        if name not in self._outside:
            path = f"{name.replace('.', '/')}.py"
            source = django_source.read(path.removeprefix("django/"))
            self._outside[name] = Module(path, name, _parse(source), source, is_own=False) if source else None
        return self._outside[name]


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    for field in ("body", "orelse", "handlers", "finalbody"):
        inner = getattr(node, field, None)
        for child in inner if isinstance(inner, list) else ():
            yield child
            yield from _statements(child)


def _nearest(path: str, folders: set[str]) -> str:
    """Return the innermost of some folders around a file, empty for the root."""
    folder = path.rpartition("/")[0]
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
    return folder


def _relations(source: bytes) -> set[str]:
    """Return the names of the relations that a module's queries load with their rows, EVERYTHING if it does not say."""
    found: set[str] = set()
    if b"_related" in source:
        for given in LOADING.findall(source):
            names = re.findall(rb"""["']([A-Za-z_]+)["']""", given)
            found.update(*(name.decode().split("__") for name in names) if names else [[EVERYTHING]])
    return found


def is_test(path: str) -> bool:
    """Tell whether a file, named from the folder that is looked at, belongs to tests."""
    *_, last = parts = path.split("/")
    return bool(TESTS.intersection(parts)) or last.startswith("test_") or last.endswith(("_test.py", "_tests.py"))


def _paths(root: Path, exclude: Sequence[str], tests: bool, projects: set[str]) -> Iterator[tuple[str, str]]:
    """Yield each source file with its name from the root, and note projects; links to folders are not followed."""
    if root.is_file():
        yield str(root), root.name
        return
    for folder, folders, files in os.walk(root):
        inside = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if inside == "." else f"{inside}/"
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in SKIPPED
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
            and not is_excluded(f"{prefix}{name}", exclude)
        )
        if not MARKS.isdisjoint(files):
            projects.add(prefix.rstrip("/"))
        for name in sorted(files):
            path = f"{prefix}{name}"
            if name.endswith(".py") and (tests or not is_test(path)) and not is_excluded(path, exclude):
                yield os.path.join(folder, name), path


def is_excluded(path: str, exclude: Sequence[str]) -> bool:
    """Tell whether a pattern leaves out a file or folder, named from the folder that is looked at, or what holds it."""
    return any(fnmatch(path, pattern) or fnmatch(path, f"{pattern.rstrip('/')}/*") for pattern in exclude)


def _source(path: str) -> bytes:
    if not os.path.isfile(path):
        raise OSError(None, "no file that can be read")
    if os.path.getsize(path) > LARGEST:
        raise ValueError(f"larger than {LARGEST // 1_000_000} MB")
    with open(path, "rb") as file:
        return file.read()


def _parse(source: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in somebody's string is not what is looked for
        try:
            return ast.parse(source)
        except SyntaxError:
            # A form feed or an odd encoding that tokenize understands; else the same error again.
            encoding = tokenize.detect_encoding(io.BytesIO(source).readline)[0]
            text = source.decode(encoding, "strict")
            try:
                return ast.parse(text)
            except SyntaxError as error:
                return _parse_newer(text, error)


def _parse_newer(text: str, error: SyntaxError) -> ast.Module:
    """Read source that a newer Python understands; else say which one may."""
    needed = newer.needs(text)
    try:
        return ast.parse(newer.as_older(text))
    except SyntaxError:
        if needed and sys.version_info < tuple(map(int, needed.split("."))):
            error.msg = f"{error.msg}; run the checker with Python {needed} or newer"
        raise error from None


def _reason(error: Exception) -> str:
    match error:
        case SyntaxError(msg=message, lineno=line):
            return f"line {line}: {message}" if line else str(message)
        case RecursionError() | MemoryError():
            return "nested too deep"
        case OSError(strerror=message):
            return str(message)
    return str(error)


def _shared(one: str, other: str) -> int:
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one.split("."), other.split("."), strict=False))
    )
