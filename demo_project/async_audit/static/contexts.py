"""For which of a function's calls it is gone through: for each that tells something new, up to a limit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from async_audit.static.functions import Environment, Function
from async_audit.static.values import UNKNOWN, ClassValue, FunctionValue, Instance, QuerySet, Value, tells

MOST = 20  # combinations of arguments
MOST_ALIKE = 3  # of them with the same rows, queries, functions and classes, which differ in a text or number


@dataclass(frozen=True)
class Call:
    """A function and what it gets; whole where its other parameters have their defaults."""

    function: Function
    bound: Value | None
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]
    is_whole: bool

    @property
    def given(self) -> Environment:
        """The arguments with a name."""
        return dict(self.kwargs)

    def telling(self) -> Call:
        """Return the same call without the arguments on which nothing but a condition may depend."""
        if not self.args and not self.kwargs:
            return self
        args = tuple(value if tells(value) else UNKNOWN for value in self.args)
        return Call(self.function, self.bound, args, tuple(item for item in self.kwargs if tells(item[1])), False)

    def in_general(self) -> Call:
        """Return the same call with what its arguments have in common with others: their classes."""
        telling = self.telling()
        kwargs = tuple((name, _in_general(value)) for name, value in telling.kwargs)
        return replace(telling, args=tuple(map(_in_general, telling.args)), kwargs=kwargs)


def _in_general(value: Value) -> Value:
    match value:
        case Instance(cls):
            return Instance(cls)
        case QuerySet(model, cls):
            return QuerySet(model, cls, is_manager=value.is_manager)
        case FunctionValue() | ClassValue():
            return value
    return UNKNOWN


class Contexts:
    """Counts the calls of each function, and chooses what stands for those beyond the limits."""

    def __init__(self) -> None:
        self._counts: Counter[Function | Call] = Counter()

    def chosen(self, call: Call) -> tuple[Call, bool]:
        """Return the call that stands for one, and whether it is one of too many, so that it tells a guess."""
        if self._counts[call.function] < MOST_ALIKE:
            return call, False
        telling = call.telling()
        if self._counts[telling] >= MOST_ALIKE:
            return telling, False
        return (call.in_general(), True) if self._counts[call.function] >= MOST else (call, False)

    def note(self, call: Call) -> None:
        """Count a call that is gone through."""
        self._counts[call.function] += 1
        if self._counts[call.function] > MOST_ALIKE:
            self._counts[call.telling()] += 1
