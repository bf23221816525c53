"""Goes through the functions of a project that an event loop runs, and through what they call."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from async_audit.report import StaticFinding, Step
from async_audit.static import calls, colours, frameworks, guard, hooks, overrides
from async_audit.static.classes import Class
from async_audit.static.contexts import Call, Contexts
from async_audit.static.frame import Frame
from async_audit.static.frameworks.served import Served
from async_audit.static.functions import Environment, Event, Function, Summary
from async_audit.static.modules import Module
from async_audit.static.names import Names
from async_audit.static.registries import Registries
from async_audit.static.syntax import last_name
from async_audit.static.values import UNKNOWN, ClassValue, FunctionValue, Instance, Outside, Value, join

DEEPEST = 14  # calls within calls


class Engine:
    """Knows what each function gives and does, and collects the findings."""

    def __init__(self, names: Names, wrappers: Sequence[str] = ()) -> None:
        self.names = names
        self.wrappers = frozenset(wrappers)
        self.findings: dict[tuple[str, int, int], StaticFinding] = {}
        self.entries: list[Function] = []
        self._assumed: list[tuple[Function, Event]] = []
        self._given_rows: set[Function] = set()
        self.warmed: set[Function] = set()  # cached properties that another thread reads
        self._summaries: dict[Call, Summary] = {}
        self._contexts = Contexts()
        self._entered: set[ast.AST] = set()
        self._decorated: dict[Function, Value] = {}
        self._variables: dict[tuple[Module, str], Value] = {}
        self._attributes: dict[tuple[Class, str], Value] = {}
        self.receivers: dict[Value, list[FunctionValue]] | None = None
        self._checked: set[Class] = set()
        self._graphql: dict[str, bool] = {}
        self._depth = 0
        self.registries = Registries(self)
        self._subclasses: dict[str, list[tuple[ast.ClassDef, Module]]] | None = None
        names.variable = self.variable  # type: ignore[method-assign]
        names.variable_of = self.expression  # type: ignore[method-assign]

    def serves_graphql_on_loop(self, module: Module) -> bool:
        """Tell whether plain resolvers of Strawberry run on the loop in a module's project."""
        if module.project not in self._graphql:
            self._graphql[module.project] = hooks.serves_graphql_on_loop(self.names, module)
        return self._graphql[module.project]

    def run(self) -> None:
        """Go through every async function, and every plain one that a loop is known to run."""
        for module in self.names.files.modules:
            for function in _functions(module, self.names):
                self._enter(function)
                if function.cls and function.cls not in self._checked:
                    self._checked.add(function.cls)
                    colours.check(self, function.cls)
            guard.check(self, module)
        for served in frameworks.served(self):
            self._serve(served)
        while self.entries:
            self._enter(self.entries.pop())
        for function, event in self._assumed:  # where the project calls it itself, its rows are known from there
            is_doubtful = event.unless in self.warmed if event.unless else function in self._given_rows
            self.report(function, [replace(event, tier=3 if is_doubtful else event.tier, is_assumed=False)])

    def _enter(self, function: Function) -> None:
        if function.node in self._entered:
            return
        is_loops = function.is_async or hooks.runs_on_loop(self, function)
        if is_loops or _has_async(function.node):
            self._entered.add(function.node)
            summary = self.summary(function, self.self_of(function), (), {})
            if is_loops and not function.is_async:
                self.report(function, [_of_resolver(event) for event in summary.events])
            if function.is_async:
                self._check_decorators(function)
                for cls in overrides.inheritors(self, function):
                    self.summary(function, hooks.instance_of(cls), (), {})

    def _serve(self, served: Served) -> None:
        """Note what a framework has a function ask on the loop, and what it asks of what the function returns."""
        function = served.function
        summary = self.summary(function, self.self_of(function), (), {})
        if not function.is_async:
            told = [replace(event, message=f"{served.by} {event.message}") for event in summary.events]
            self.report(function, [_of_resolver(event) for event in told])
        frame = Frame(self, function, Summary())
        for node, value in summary.returns:
            served.read(frame, node, value)
        self.report(function, frame.summary.events)

    def _check_decorators(self, function: Function) -> None:
        """Note a decorator for sync functions on an async one, which then is not what it wraps."""
        for node in function.decorators:
            value = Frame(self, Function(function.node, function.module, closure=function.closure), Summary()).eval(
                node
            )
            if isinstance(value, Outside) and (code := hooks.CONTEXTS.get(value.name.removesuffix("()"))):
                text = f"@{ast.unparse(node)} ends before an async function has begun; decorate a sync function"
                self.report(function, [Event(code, text, node.lineno, node.col_offset, 1)])

    def self_of(self, function: Function) -> Value | None:
        """Return what the first parameter of a method is, None for a plain function."""
        if function.cls is None or hooks.is_static(function):
            return None
        return ClassValue(function.cls) if hooks.is_classmethod(function) else hooks.instance_of(function.cls)

    def report(self, function: Function, events: list[Event]) -> None:
        """Note what an async function does on its loop; of several notes for one place, the surest and shortest."""
        for event in events:
            if event.is_assumed:
                self._assumed.append((function, event))
            else:
                self.report_at(function.module, function.qualname, event)

    def report_at(self, module: Module, name: str, event: Event) -> None:
        """Note one event of a function or class of the folder."""
        if not module.is_own:
            return
        path = module.path
        chain = (Step(path, event.line, name), *event.rest)
        finding = StaticFinding(path, event.line, event.col + 1, event.code, event.message, name, event.tier, chain)
        known = self.findings.get((path, event.line, event.col))
        if known is None or (finding.tier, len(chain), chain) < (known.tier, len(known.chain), known.chain):
            self.findings[path, event.line, event.col] = finding

    def summary(
        self,
        function: Function,
        bound: Value | None,
        args: Sequence[Value],
        kwargs: Environment,
        is_whole: bool = False,
    ) -> Summary:
        """Return what a call does and gives; functions are gone through once for each combination of arguments.

        Where they are the whole of a call's, the other parameters have their defaults.
        """
        if any(isinstance(value, Instance) and value.is_traced and value.cls.is_model for value in args):
            self._given_rows.add(function)
        call = Call(function, bound, tuple(args), tuple(sorted(kwargs.items(), key=lambda item: item[0])), is_whole)
        found, is_guess = self._summaries.get(call), False
        if found is None:
            call, is_guess = self._contexts.chosen(call)
            found = self._summaries.get(call)
        if found is None:
            found = self._summaries[call] = Summary()  # what a recursive call gets
            if self._depth < DEEPEST:
                self._contexts.note(call)
                self._depth += 1
                Frame(self, function, found).run(bound, call.args, call.given, call.is_whole)
                self._depth -= 1
                if is_guess:
                    more = f"; one of more calls of {function.name}() than are told apart"
                    found.events = [replace(event, tier=3, message=event.message + more) for event in found.events]
                if function.is_async:
                    self.report(function, found.events)
            else:
                del self._summaries[call]
        return found

    def decorated(self, function: Function) -> Value:
        """Return what a function's name means once its decorators are applied."""
        if function not in self._decorated:
            value: Value = FunctionValue(function, is_bare=True)
            self._decorated[function] = value
            frame = Frame(self, Function(function.node, function.module, closure=function.closure), Summary())
            for decorator in reversed(function.decorators):
                value = hooks.decorate(frame, decorator, value)
            self._decorated[function] = value
        return self._decorated[function]

    def variable(self, module: Module, name: str) -> Value:
        """Return the value of a module's variable."""
        key = module, name
        if key not in self._variables:
            self._variables[key] = UNKNOWN
            binding = module.names.get(name)
            if isinstance(binding, ast.Assign | ast.AnnAssign):
                self._variables[key] = self._run_binding(binding, module)
        return self.registries.of_module(module, name, self._variables[key])

    def expression(self, node: ast.expr, module: Module) -> Value:
        """Return the value of an expression at the top of a module."""
        return self.top(module).eval(node)

    def top(self, module: Module) -> Frame:
        """Return a frame for expressions outside of functions."""
        node = ast.Lambda(ast.arguments([], [], None, [], [], None, []), ast.Constant(None))
        return Frame(self, Function(node, module), Summary())

    def _run_binding(self, binding: ast.Assign | ast.AnnAssign, module: Module) -> Value:
        frame = self.top(module)
        value = frame.eval(binding.value) if binding.value else UNKNOWN
        if isinstance(value, Instance):
            value = replace(value, is_traced=False)  # whoever fills it does so later
        if value is UNKNOWN and isinstance(binding, ast.AnnAssign):
            value = frame.annotated(binding.annotation)
        return value

    def member(self, cls: Class, name: str) -> Value:
        """Return a class's own attribute as its body has it, and UNKNOWN without one."""
        found = cls.member(name)
        if found is None:
            return UNKNOWN
        owner, binding = found
        match binding:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return FunctionValue(self.names.function_of(binding, owner.module, owner))
            case ast.ClassDef():
                return ClassValue(self.names.class_of(binding, owner.module, f"{owner.qualname}."))
            case ast.Assign() | ast.AnnAssign():
                if isinstance(binding.value, ast.Name) and isinstance(
                    owner.members.get(binding.value.id), ast.FunctionDef | ast.AsyncFunctionDef
                ):
                    return self.member(owner, binding.value.id)
                return self.registries.of_class(cls, name, self._run_binding(binding, owner.module))
        return UNKNOWN

    def attribute(self, cls: Class, name: str) -> Value:
        """Return what the methods of a class assign to an attribute of self."""
        key = cls, name
        if key not in self._attributes:
            self._attributes[key] = UNKNOWN
            value: Value | None = None
            for base in cls.mro:
                for node in sorted({*base.storing.get(name, ()), *base.adding.get(name, ())}, key=_line):
                    function = self.names.function_of(node, base.module, base)
                    stored = self.summary(function, hooks.instance_of(cls), (), {}).stores
                    value = join(value, stored.get(name))
            self._attributes[key] = value or UNKNOWN
        return self.registries.of_class(cls, name, self._attributes[key])

    @contextmanager
    def from_the_top(self) -> Iterator[None]:
        """Go through what is done while modules are imported, however deep in calls one asks for it."""
        depth, self._depth = self._depth, 0
        yield
        self._depth = depth

    def subclasses(self, cls: Class) -> list[Class]:
        """Return the classes of the project that derive from a class."""
        if self._subclasses is None:
            self._subclasses = {}
            for module in self.names.files.modules:
                for node in module.tree.body:
                    for base in node.bases if isinstance(node, ast.ClassDef) else ():
                        name = last_name(base.value if isinstance(base, ast.Subscript) else base)
                        self._subclasses.setdefault(name, []).append((node, module))  # type: ignore[arg-type]
        found: list[Class] = []
        for node, module in self._subclasses.get(cls.name, ()):
            each = self.names.class_of(node, module)
            if each is not cls and cls in each.mro:
                found += [other for other in (each, *self.subclasses(each)) if other not in found]
        return found

    def decorate_class(self, frame: Frame, node: ast.ClassDef) -> None:
        """Call the decorators of a class, which may put it into a list or dict."""
        value = ClassValue(self.names.class_of(node, frame.module))
        with frame.quietly():
            for decorator in node.decorator_list:
                call = ast.copy_location(ast.Call(decorator, [], []), node)
                calls.apply(frame, call, frame.eval(decorator), [value], {})


def _line(node: ast.stmt) -> int:
    return node.lineno


def _functions(module: Module, names: Names) -> Iterator[Function]:
    """Yield the functions of a module and the methods of its classes that are, or contain, async ones."""
    if not module.has_async and not hooks.may_run_on_loop(module):
        return
    stack: list[tuple[Sequence[ast.stmt], Class | None]] = [(module.tree.body, None)]
    while stack:
        body, cls = stack.pop()
        for node in body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield names.function_of(node, module, cls)
                case ast.ClassDef():
                    outer = f"{cls.qualname}." if cls else ""
                    stack.append((node.body, names.class_of(node, module, outer)))
                case ast.If() | ast.Try() | ast.With():
                    stack.append((node.body, cls))
                    stack.append((getattr(node, "orelse", []), cls))
                    stack.extend((handler.body, cls) for handler in getattr(node, "handlers", []))


def _of_resolver(event: Event) -> Event:
    """Say of what a plain function asks that a loop calls the function; a coroutine nobody awaits is none of that."""
    return event if event.code == "DAS007" else replace(event, code="DAS019")


def _has_async(node: ast.AST) -> bool:
    """Tell whether a function contains an async one; expressions cannot."""
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        inner = getattr(node, field, None)
        if isinstance(inner, list):
            for child in inner:
                if isinstance(child, ast.AsyncFunctionDef) or _has_async(child):
                    return True
    return False
