"""One pass through a function: its variables, what it has asked the database, and what it gives back."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.static import containers, hooks, kinds, querysets
from async_audit.static.annotations import annotated
from async_audit.static.expressions import EXPRESSIONS
from async_audit.static.functions import Environment, Function, Summary
from async_audit.static.notes import Notes
from async_audit.static.statements import STATEMENTS, merged
from async_audit.static.syntax import dotted
from async_audit.static.text import condition
from async_audit.static.values import (
    NONE,
    UNKNOWN,
    Built,
    ClassValue,
    Constant,
    Coroutine,
    FunctionValue,
    Instance,
    Items,
    LazyUser,
    LoopRuns,
    Many,
    Mapping,
    OneOf,
    OutsideInstance,
    QuerySet,
    Request,
    Session,
    Threaded,
    Value,
    join,
    one_of,
    swapped,
)

if TYPE_CHECKING:
    from async_audit.static.engine import Engine


OBJECTS = (Instance, QuerySet, Many, Items, Mapping, Built, Request, Session, LazyUser, OutsideInstance)
CERTAIN = (Constant, FunctionValue, ClassValue, Threaded)  # as arguments: no test of them has another outcome
MOST_CASES = 4  # that one statement may lead to
MOST_ASSUMED = 3  # conditions whose outcomes are told apart at a time
MOST_ELEMENTS = 8  # of a list that a loop goes through one by one


def _tells(default: ast.expr | None) -> bool:
    """Tell whether a default says more of a parameter than that it may be left out."""
    match default:
        case ast.Constant(value=value):
            return value is not None and not isinstance(value, bool)
    return isinstance(default, ast.Name | ast.Attribute)


class Frame(Notes):
    """Runs a function's statements on what is known of its variables."""

    def __init__(self, engine: Engine, function: Function, summary: Summary) -> None:
        super().__init__(engine, function, summary)
        self.module = function.module
        self.names = engine.names
        self.env: Environment = {}
        self.is_over = False  # after a return or raise
        self.self_name = ""
        self.certain: set[str] = set()  # variables that tell that a loop runs
        self.finds_loop = False  # in a `try`
        self.given: set[str] = set()  # parameters that a call gives what is certain, or leaves to defaults
        self.cases: list[tuple[dict[str, bool], Environment]] = []  # to go on from, each by itself
        self.assumed: dict[str, bool] = {}  # conditions whose outcome the case that is gone through has
        self.raised: Value = UNKNOWN  # the last exception
        self._loop_tests: set[ast.expr] = set()
        self._returned: Value | None = None
        self._yielded: Value | None = None

    def run(self, bound: Value | None, args: Sequence[Value], kwargs: Environment, is_whole: bool) -> None:
        """Go through the whole function with these arguments, and fill in its summary."""
        self._bind(bound, args, kwargs, is_whole)
        before = dict(self.env)
        if is_whole:
            self.given = {name for name, value in self.env.items() if isinstance(value, CERTAIN)}
        self.execute(self.function.body)
        result = self._returned or NONE
        if not self.is_over and isinstance(result, Constant):
            result = join(result, NONE)
        node = self.function.node
        if result in (UNKNOWN, NONE) and not isinstance(node, ast.Lambda) and node.returns:
            hinted = self.annotated(node.returns)
            result = result if hinted is UNKNOWN else hinted
        if self.finds_loop and result == Constant(True):
            result = LoopRuns()
        if self.summary.is_generator:
            result = Many(self._yielded or UNKNOWN)
        self.summary.result = result
        self.summary.learned = self._changed(self.function.closure)
        self.summary.taught = self._changed(before)
        if self.self_name:
            prefix = f"{self.self_name}."
            for path, value in self.env.items():
                if path.startswith(prefix) and path.count(".") == 1:
                    self.stored(path.removeprefix(prefix), value)

    def _bind(self, bound: Value | None, args: Sequence[Value], kwargs: Environment, is_whole: bool) -> None:
        given = list(args) if bound is None else [bound, *args]
        arguments = self.function.node.args
        names = [*arguments.posonlyargs, *arguments.args]
        if bound is not None and names:
            self.self_name = names[0].arg
        defaults = dict(zip([arg.arg for arg in reversed(names)], reversed(arguments.defaults), strict=False))
        for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            if default is not None:
                defaults[arg.arg] = default
        rest = dict(kwargs)
        for number, arg in enumerate([*names, *arguments.kwonlyargs]):
            is_given = number < min(len(given), len(names)) or arg.arg in rest
            value = given[number] if number < min(len(given), len(names)) else rest.pop(arg.arg, UNKNOWN)
            if is_whole and not is_given and isinstance(defaults.get(arg.arg), ast.Constant):
                value = self.eval(defaults[arg.arg])
            elif value in (UNKNOWN, NONE) and (hinted := self.parameter(arg, number)) is not UNKNOWN:
                value = hinted
            elif value is UNKNOWN and _tells(defaults.get(arg.arg)):
                value = self.eval(defaults[arg.arg])
            self.env[arg.arg] = value
        if arguments.vararg:
            self.env[arguments.vararg.arg] = Items(tuple(given[len(names) :])) if len(given) > len(names) else UNKNOWN
        if arguments.kwarg:
            self.env[arguments.kwarg.arg] = Mapping(tuple(rest.items())) if rest else UNKNOWN

    def parameter(self, arg: ast.arg, number: int) -> Value:
        """Return what a parameter's annotation, or its name, says of it."""
        if arg.annotation:
            return self.annotated(arg.annotation)
        is_first = number == (1 if self.function.cls else 0)
        if arg.arg == "request" and is_first and not self.module.has_other_requests:
            return hooks.dispatched(self.engine, self.function)
        return UNKNOWN

    def annotated(self, node: ast.expr) -> Value:
        """Return what an annotation says."""
        return annotated(node, self)

    def gives(self, value: Value) -> None:
        """Note a value that the function returns."""
        self._returned = value if self._returned is None else join(self._returned, value)

    def yields(self, value: Value) -> None:
        """Note a value that the function yields."""
        self._yielded = value if self._yielded is None else join(self._yielded, value)
        self.summary.is_generator = True

    def stored(self, name: str, value: Value) -> None:
        """Note a value that the function gives to an attribute of self."""
        self.summary.stores[name] = join(self.summary.stores.get(name), value)

    def awaited(self, value: Value) -> Value:
        """Return what awaiting a value gives."""
        if isinstance(value, Coroutine):
            return value.result
        if isinstance(value, Items):
            return Items(tuple(map(self.awaited, value.elements)))
        if isinstance(value, OneOf):
            return one_of(self.awaited(each) for each in value.values if isinstance(each, Coroutine))
        return value if isinstance(value, Instance | QuerySet) else UNKNOWN

    def execute(self, body: Sequence[ast.stmt]) -> None:
        """Go through statements in order, up to one that leaves the block."""
        choosing = self.function.text.choosing
        for number, statement in enumerate(body, 1):
            if self.is_over:
                break
            text = choosing.get(statement, "")
            if text and text not in self.assumed and len(self.assumed) < MOST_ASSUMED:
                self._go_on([({text: outcome}, dict(self.env)) for outcome in (True, False)], body[number - 1 :])
                break
            handler = STATEMENTS.get(type(statement))
            if handler:
                handler(self, statement)
            if self.cases and number < len(body):  # at the end of a block, the one around it goes on
                cases, self.cases = self.cases, []
                self._go_on(cases, body[number:])
                break

    def _go_on(self, cases: list[tuple[dict[str, bool], Environment]], rest: Sequence[ast.stmt]) -> None:
        """Go through the rest of a block once for each case."""
        ends, outer, before = [], self.assumed, self.env
        for assumed, env in cases:
            self.env, self.assumed, self.is_over = env, outer | assumed, False
            self.execute(rest)
            self.cases = []
            if not self.is_over:
                ends.append(self.env)
        self.assumed = outer
        self.is_over = not ends
        self.env = merged(ends) if ends else before

    def branches(self, *bodies: Sequence[ast.stmt], test: ast.expr | None = None) -> None:
        """Go through alternatives, each from where the others began too; go on with what holds after any of them.

        Where the test between two of them comes again, and it makes a difference, go on with each by itself.
        """
        before, under_test = self.env, self.under_test
        ends: list[tuple[dict[str, bool], Environment]] = []
        text, is_plain = condition(test) if test else ("", True)
        for number, body in enumerate(bodies):
            self.env, self.is_over, self.under_test = dict(before), False, under_test + bool(test)
            if test:
                kinds.narrow(self, test, number == 0)
            self.execute(body)
            if not self.is_over:
                outcome = {text: is_plain is (number == 0)} if text in self.function.text.repeated else {}
                ends.extend((outcome | case, env) for case, env in self.cases or [({}, self.env)])
            self.cases = []
        self.is_over = not ends
        self.env = merged([env for _, env in ends]) if ends else before
        self.under_test = under_test + bool(test and len(ends) == 1)  # the rest is for the other outcome alone
        if test and 1 < len(ends) <= MOST_CASES and any(case for case, _ in ends) and len(self.assumed) < MOST_ASSUMED:
            self.cases = ends if any(env != ends[0][1] for _, env in ends) else []

    def assign(self, target: ast.expr, value: Value) -> None:
        """Give a value to a target: a name, an attribute, or several of them."""
        if isinstance(target, ast.Starred):
            target, value = target.value, UNKNOWN
        if isinstance(target, ast.Tuple | ast.List):
            elements = value.elements if isinstance(value, Items) else ()
            for number, part in enumerate(target.elts):
                known = number < len(elements) and len(elements) == len(target.elts)
                self.assign(part, elements[number] if known else self.element(value))
        elif path := dotted(target):
            if isinstance(target, ast.Attribute):
                hooks.assigned(self, target, value)
            self.forget(path)
            if self.assumed:
                repeated = self.function.text.repeated
                self.assumed = {text: known for text, known in self.assumed.items() if path not in repeated[text]}
            self.keep(path, value)
        elif isinstance(target, ast.Subscript):
            self.eval(target)
            containers.change(self, target, lambda _: value)

    def keep(self, path: str, value: Value) -> None:
        """Remember a value of a variable, or of an attribute."""
        self.env[path] = value
        owner, _, attribute = path.rpartition(".")
        if owner == self.self_name and attribute:
            self.stored(attribute, value)

    def _changed(self, before: Environment) -> Environment:
        """Return the objects of variables that are others than before, though nothing was assigned to them."""
        return {
            name: now
            for name, value in before.items()
            if isinstance(value, OBJECTS) and (now := self.env.get(name, value)) is not value
            if isinstance(now, type(value) | Instance) and name not in self.function.text.assigned
        }

    def became(self, old: Value, new: Value) -> None:
        """Note that an object has changed, for all variables and containers that hold it."""
        if self._quiet and isinstance(new, Instance):
            members = (self.engine.member(new.cls, name) for name, _ in new.held)
            self.engine.warmed.update(member.function for member in members if isinstance(member, FunctionValue))
        for known in (self.function.closure, self.env, self.summary.stores):
            for name, value in list(known.items()):
                if (now := swapped(value, old, new)) is not value and (
                    known is not self.function.closure or name not in self.env
                ):
                    (self.summary.stores if known is self.summary.stores else self.env)[name] = now
                    if isinstance(now, Request):
                        self.forget(name)

    def loaded_from_now_on(self, node: ast.expr, owner: Instance, *names: str) -> None:
        """Note that a row has more relations loaded, and with it the rows that an attribute's path to it begins at."""
        self.became(owner, replace(owner, loaded=owner.loaded | frozenset(names)))
        at = node.value if isinstance(node, ast.Attribute) else node
        while isinstance(at, ast.Attribute):
            names = tuple(f"{at.attr}__{name}" for name in names)
            at = at.value
            path = dotted(at)
            holder = self.env.get(path, self.function.closure.get(path))
            if isinstance(holder, Instance):
                self.became(holder, replace(holder, loaded=holder.loaded | frozenset(names)))

    def learn(self, function: Function, summary: Summary, args: Sequence[Value], kwargs: Environment) -> None:
        """Take over what a function has changed of the objects that it got, or that it knows from around it."""
        if summary.learned:
            known = self.scope()
            for name, value in summary.learned.items():
                if known.get(name) == function.closure[name]:
                    self.became(known[name], value)
        if summary.taught:
            arguments = function.node.args
            names = [arg.arg for arg in (*arguments.posonlyargs, *arguments.args)]
            given = dict(zip(names, args, strict=False)) | kwargs
            for name, value in summary.taught.items():
                if isinstance(given.get(name), OBJECTS):
                    self.became(given[name], value)

    def forget(self, path: str) -> None:
        """Drop what is known of the attributes of a name that gets another value."""
        prefix = f"{path}."
        for known in [known for known in self.env if known.startswith(prefix)]:
            del self.env[known]

    def eval(self, node: ast.expr) -> Value:
        """Return what is known of an expression, and note what it asks."""
        handler = EXPRESSIONS.get(type(node))
        return handler(self, node) if handler else UNKNOWN

    def only_made(self, node: ast.GeneratorExp) -> Value:
        """Return a generator that nothing here goes through; what it goes through itself is asked for at once."""
        first = node.generators[0].iter
        value = self.eval(first)
        if not (isinstance(value, QuerySet) and value.is_iterator):
            self.iterate(first, value, "a generator asks for it when it is made, before any thread has begun")
        with self.quietly():
            return self.eval(node)

    def scope(self) -> Environment:
        """Return the variables that a nested function knows."""
        return {**self.function.closure, **self.env}

    def test(self, node: ast.expr) -> bool | None:
        """Go through a condition, which asks for the truth of its value; return what is known as a loop runs.

        Whoever asks whether one does has a way for each answer, whatever else the condition asks for.
        """
        if isinstance(node, ast.BoolOp):
            parts = [self.test(part) for part in node.values]
            decisive = isinstance(node.op, ast.Or)
            is_decided = None not in parts or any(map(self._asks_for_loop, node.values))
            return decisive if decisive in parts else not decisive if is_decided else None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            known = self.test(node.operand)
            return None if known is None else not known
        self.truth(node, value := self.eval(node))
        if isinstance(value, LoopRuns):
            self._loop_tests.add(node)
            return True
        return self._certainly(node, value)

    def _asks_for_loop(self, node: ast.expr) -> bool:
        """Tell whether a condition that was gone through asks whether a loop runs."""
        return node in self._loop_tests or (isinstance(node, ast.UnaryOp) and self._asks_for_loop(node.operand))

    def _certainly(self, node: ast.expr, value: Value) -> bool | None:
        if self.assumed:
            text, is_plain = condition(node)
            if text in self.assumed:
                return self.assumed[text] is is_plain
        match node, value:
            case ast.Call(), Constant(value=bool(known)):
                return known
            case ast.Name(id=name), _ if self._is_certain(name):
                return bool(value.value) if isinstance(value, Constant) else True  # the loop that runs
            case (
                ast.Compare(
                    left=ast.Name(id=name),
                    ops=[ast.Is() | ast.IsNot() as way],
                    comparators=[ast.Constant(value=None)],
                ),
                _,
            ) if self._is_certain(name):
                return (self.env.get(name) == NONE) is isinstance(way, ast.Is)
        return None

    def _is_certain(self, name: str) -> bool:
        return name in self.certain or (name in self.given and name not in self.function.text.assigned)

    def truth(self, node: ast.expr, value: Value) -> None:
        """Note what taking the truth of a value asks."""
        match value:
            case QuerySet():
                self.iterate(node, value, "its truth is taken")
            case LazyUser():
                hooks.use_user(self, node, value)
            case Coroutine():
                self.unawaited(node, value, "a coroutine is always true")
            case Instance():
                self.special(node, value, "__bool__", "__len__")
            case OneOf(values):
                for each in values:
                    self.truth(node, each)

    def iterate(self, node: ast.expr, value: Value, how: str = "", at: ast.expr | None = None) -> Value:
        """Note what going through a value asks, at the place that does so, and return one of its elements."""
        match value:
            case QuerySet():
                return querysets.evaluate(self, node, value, how, at)
            case Many(element, pending, wrapper):
                for event in pending[:1]:
                    code = "DAS005" if wrapper else event.code
                    self.ask(at or node, code, f"{self.text(node)} goes through a generator: {event.message}", 2)
                return element
            case Instance():
                made = self.special(at or node, value, "__iter__", "__getitem__")
                return self.element(made) if made else UNKNOWN
            case Coroutine():
                self.unawaited(node, value, "a coroutine cannot be gone through")
            case OneOf(values):
                return one_of(self.iterate(node, each, how, at) for each in values)
            case OutsideInstance("ModelFormSet"):
                self.ask(at or node, "DAS015", f"{self.text(node)} asks for its rows; call it in sync_to_async", 2)
            case OutsideInstance("Page", (rows, *_)):
                return self.iterate(node, rows, "a page's rows are its queryset's", at)
        return self.element(value)

    def iterate_async(self, node: ast.expr, value: Value) -> Value:
        """Return an element of what `async for` goes through; a queryset is evaluated after it."""
        if isinstance(value, QuerySet):
            if value.is_iterator:
                self.ask(node, "DAS002", "iterator() is the sync one; async for takes aiterator()", value.surety)
            if value.rows == querysets.IN_CHUNKS:
                text = "aiterator() of values_list() makes its query here, on the event loop; go without aiterator()"
                self.ask(node, "DAS002", f"{text}, or use values()", value.surety)
            if not value.is_manager:
                self.became(value, replace(value, is_evaluated=True))
            return querysets.row(value)
        return self.element(value)

    def one_by_one(self, value: Value, element: Value | None = None) -> Sequence[Value]:
        """Return the elements of a short list that is known, each for itself, or else one for all."""
        match value:
            case Items(elements) if 1 < len(elements) <= MOST_ELEMENTS and len(set(elements)) > 1:
                return elements
        return [self.element(value) if element is None else element]

    def element(self, value: Value) -> Value:
        """Return one element of a value that is in memory."""
        match value:
            case QuerySet():
                return querysets.row(value)
            case Many(element):
                return element
            case Items(elements):
                return one_of(elements)
            case OneOf(values):
                return one_of(map(self.element, values))
        return UNKNOWN

    def show(self, node: ast.expr, value: Value) -> None:
        """Note what making a text of a value asks."""
        hooks.show(self, node, value)
