"""What a pass through a function notes: the places that ask the database."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from async_audit.report import Step
from async_audit.static.functions import Event, Function, Summary
from async_audit.static.values import EVERYTHING, Coroutine, FunctionValue, Instance, Value

if TYPE_CHECKING:
    from async_audit.static.engine import Engine

OF_ASYNC = re.compile(r"; (await \w+\(\) instead|call it in \w+)$")  # of use in an async function alone
MOST_ALIKE = 50  # events that a loop's next round may have brought already
LONGEST = 60  # characters of source in a message


def place(node: ast.expr | ast.stmt) -> tuple[int, int]:
    """Return the line and column that a traceback names: of a method's call, those of the method's name."""
    function = node.func if isinstance(node, ast.Call) else node
    if isinstance(function, ast.Attribute) and function.end_lineno is not None and function.end_lineno != node.lineno:
        return function.end_lineno, (function.end_col_offset or 0) - len(function.attr)
    return node.lineno, node.col_offset


def _in_plain(message: str) -> str:
    """Return advice for the call of a plain function, in which nothing can be awaited."""
    return OF_ASYNC.sub("; call that in a thread, by sync_to_async", message)


class Notes:
    """Collects the events of one function; what another thread does is not among them."""

    def __init__(self, engine: Engine, function: Function, summary: Summary) -> None:
        self.engine = engine
        self.function = function
        self.summary = summary
        self.under_test = 0  # conditions that hold where it is now
        self._quiet = 0

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Note nothing: another thread does this, or it is done for the values alone."""
        self._quiet += 1
        yield
        self._quiet -= 1

    @contextmanager
    def collecting(self) -> Iterator[list[Event]]:
        """Collect what is asked here later, instead of dropping it, where another thread makes a generator."""
        later: list[Event] = []
        quiet, known = self._quiet, len(self.summary.events)
        self._quiet = 0
        yield later
        self._quiet = quiet
        if quiet:
            later.extend(self.summary.events[known:])
            del self.summary.events[known:]

    def ask(self, node: ast.expr | ast.stmt, code: str, message: str, tier: int = 1) -> None:
        """Note that a line asks the database."""
        self.note(Event(code, message, *place(node), tier))

    def note(self, event: Event) -> None:
        """Note an event of this function, unless another thread does it."""
        if not self._quiet and event not in self.summary.events[-MOST_ALIKE:]:
            self.summary.events.append(event)

    def absorb(
        self,
        events: Sequence[Event],
        function: Function,
        node: ast.expr | ast.stmt,
        code: str = "",
        label: str = "",
        unless: Function | None = None,
    ) -> None:
        """Note that a call asks the database inside: of several events the surest and nearest."""
        if events and not self._quiet:
            event = min(events, key=lambda event: (event.tier, len(event.rest)))
            step = Step(function.module.path, event.line, function.qualname)
            message = f"{label or self.text(node)} leads to {_in_plain(event.message.rpartition(' leads to ')[2])}"
            rest = (step, *event.rest)
            tier = max(event.tier, 2)
            unless = unless or event.unless
            is_assumed = event.is_assumed or unless is not None
            self.note(Event(code or event.code, message, *place(node), tier, rest, is_assumed, unless))

    def ask_for_relation(self, node: ast.expr, owner: Instance, name: str, code: str, message: str) -> None:
        """Note that a relation of a row is not loaded: as a guess where it may be."""
        is_maybe = name in owner.maybe or (self.under_test > 0 and name in owner.tested)
        tier = 1 if owner.is_traced and not is_maybe else 3
        is_assumed = not owner.is_traced and not is_maybe
        if is_assumed:
            loads = self.engine.names.files.loads_near(self.function.module)
            is_assumed = loads.isdisjoint({name, EVERYTHING})
        self.note(Event(code, message, *place(node), 2 if is_assumed else tier, is_assumed=is_assumed))

    def doubt(self, number: int) -> None:
        """Make guesses of the events from that one on."""
        events = self.summary.events
        events[number:] = [replace(event, tier=3, is_assumed=False) for event in events[number:]]

    def coroutine(self, node: ast.expr, result: Value, asks: str) -> Coroutine:
        """Return what an async database call gives before it is awaited."""
        return Coroutine(result, asks, (repr(self.function), *place(node)))

    def unawaited(self, node: ast.expr | ast.stmt, value: Coroutine, how: str) -> None:
        """Note that the coroutine of a database call is used as if it were what it will give."""
        if value.asks:
            function, line, column = value.place
            line, column = (line, column) if function == repr(self.function) else place(node)
            self.note(Event("DAS007", f"{value.asks} is not awaited: {how}", line, column, 1))

    def special(self, node: ast.expr, value: Value, *names: str, args: Sequence[Value] = ()) -> Value | None:
        """Note what a special method of the project asks, and return what it gives; None without such a method."""
        if isinstance(value, Instance):
            for name in names:
                method = self.engine.member(value.cls, name)
                if isinstance(method, FunctionValue) and method.function.module.is_own:
                    summary = self.engine.summary(method.function, value, args, {})
                    self.absorb(summary.events, method.function, node)
                    return summary.result
        return None

    def text(self, node: ast.AST) -> str:
        """Return a piece of source in one line, for a message."""
        text = " ".join(ast.unparse(node).split())
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
