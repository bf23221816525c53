"""A function of the project, and what is known of it once it has been gone through."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from async_audit.report import Step
from async_audit.static.values import UNKNOWN, Value

if TYPE_CHECKING:
    from async_audit.static.classes import Class
    from async_audit.static.modules import Module

Environment = dict[str, Value]
TESTING = (ast.If, ast.IfExp, ast.While, ast.Assert, ast.BoolOp, ast.comprehension)
OPPOSITES = {ast.Is: " is ", ast.IsNot: " is ", ast.Eq: " == ", ast.NotEq: " == "}


class Function:
    """A def statement or a lambda; a nested one knows the variables around it."""

    def __init__(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        module: Module,
        cls: Class | None = None,
        closure: Environment | None = None,
        outer: str = "",
    ) -> None:
        self.node = node
        self.module = module
        self.cls = cls
        self.closure = closure or {}
        self.name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
        self.qualname = f"{outer or (cls.qualname + '.' if cls else '')}{self.name}"
        self.is_async = isinstance(node, ast.AsyncFunctionDef)

    def __repr__(self) -> str:
        return f"{self.module.name}.{self.qualname}"

    @cached_property
    def _parts(self) -> tuple[frozenset[str], list[ast.expr]]:
        """The variables that are assigned to, and the conditions: both from one walk through the text."""
        names: set[str] = set()
        tests: list[ast.expr] = []
        for node in ast.walk(self.node):
            if isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Store):
                    names.add(node.id)
            elif isinstance(node, TESTING):
                tests += _tests(node)
        return frozenset(names), tests

    @property
    def assigned(self) -> frozenset[str]:
        """The variables that are assigned to in its text, parameters among them."""
        return self._parts[0]

    @cached_property
    def repeated(self) -> dict[str, frozenset[str]]:
        """The conditions that its text has more than once, and the names in them."""
        if len(self._parts[1]) < 2:
            return {}
        counts = Counter(condition(test)[0] for test in self._parts[1])
        del counts[""]
        return {text: _names(text) for text, number in counts.items() if number > 1}

    @cached_property
    def choosing(self) -> dict[ast.AST, str]:
        """Its assignments of one value or another, by a condition that comes again."""
        found: dict[ast.AST, str] = {}
        for statement in ast.walk(self.node) if self.repeated else ():
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
                tests = (condition(node.test)[0] for node in ast.walk(statement.value) if isinstance(node, ast.IfExp))
                if text := next((text for text in tests if text in self.repeated), ""):
                    found[statement] = text
        return found

    @property
    def decorators(self) -> list[ast.expr]:
        """The decorators, outermost first."""
        return [] if isinstance(self.node, ast.Lambda) else self.node.decorator_list

    @property
    def body(self) -> list[ast.stmt]:
        """The statements; a lambda returns its expression."""
        return [ast.Return(self.node.body)] if isinstance(self.node, ast.Lambda) else self.node.body


def condition(node: ast.expr) -> tuple[str, bool]:
    """Return a condition on variables and constants as a text, and whether it is so or the other way round."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            text, is_plain = condition(operand)
            return text, not is_plain
        case ast.Compare(left=left, ops=[operator], comparators=[ast.Constant(value=value)]):
            text, sign = condition(left)[0], OPPOSITES.get(type(operator), "")
            is_plain = isinstance(operator, ast.Is | ast.Eq)
            return (f"{text}{sign}{value!r}", is_plain) if text and sign else ("", True)
        case ast.Name(id=name):
            return name, True
        case ast.Attribute(value=owner, attr=name):
            text, _ = condition(owner) if isinstance(owner, ast.Name | ast.Attribute) else ("", True)
            return f"{text}.{name}" if text else "", True
    return "", True


def _names(text: str) -> frozenset[str]:
    parts = text.partition(" ")[0].split(".")
    return frozenset(".".join(parts[: end + 1]) for end in range(len(parts)))


def _tests(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) | ast.Assert(test=test):
            return [test]
        case ast.BoolOp(values=values):
            return values
        case ast.comprehension(ifs=ifs):
            return ifs
    return []


@dataclass(frozen=True)
class Event:
    """A line of a function that asks the database, itself or in what it calls.

    `line` and `col` are where the function has it; `rest` leads from there into other functions.
    """

    code: str
    message: str
    line: int
    col: int
    tier: int
    rest: tuple[Step, ...] = ()
    is_assumed: bool = False  # of a row whose origin is not known, which no query of the project loads it with
    unless: Function | None = None  # a cached property that a thread may have read before


@dataclass
class Summary:
    """What calling a function does and gives, for one combination of arguments."""

    result: Value = UNKNOWN
    events: list[Event] = field(default_factory=list)
    stores: Environment = field(default_factory=dict)  # what it assigns to attributes of self
    learned: Environment = field(
        default_factory=dict
    )  # of a nested function: objects of outer variables it has changed
    taught: Environment = field(default_factory=dict)  # the same of the objects that its parameters get
    is_generator: bool = False
    returns: list[tuple[ast.expr, Value]] = field(default_factory=list)  # each return, and what it gives
