"""A function of the project, and what is known of it once it has been gone through."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from async_audit.report import Step
from async_audit.static.text import Text
from async_audit.static.values import UNKNOWN, Value

if TYPE_CHECKING:
    from async_audit.static.classes import Class
    from async_audit.static.modules import Module

Environment = dict[str, Value]


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

    @property
    def text(self) -> Text:
        """What its text tells, which is read once, however often a nested function is made anew."""
        if self.node not in self.module.texts:
            self.module.texts[self.node] = Text(self.node)
        return self.module.texts[self.node]

    @property
    def decorators(self) -> list[ast.expr]:
        """The decorators, outermost first."""
        return [] if isinstance(self.node, ast.Lambda) else self.node.decorator_list

    @property
    def body(self) -> list[ast.stmt]:
        """The statements; a lambda returns its expression."""
        return [ast.Return(self.node.body)] if isinstance(self.node, ast.Lambda) else self.node.body


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
