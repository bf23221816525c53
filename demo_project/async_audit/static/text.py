"""What a function's text tells before anything is gone through: what it assigns to, and which conditions come again."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

TELLING = {ast.Name, ast.Assign, ast.AnnAssign, ast.If, ast.IfExp, ast.While, ast.Assert, ast.BoolOp, ast.comprehension}
TELLING |= {ast.Nonlocal}
FUNCTIONS = {ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda}
OPPOSITES = {ast.Is: " is ", ast.IsNot: " is ", ast.Eq: " == ", ast.NotEq: " == "}


class Text:
    """The text of one function, with that of the functions in it."""

    def __init__(self, node: ast.AST) -> None:
        assigned: set[str] = set()
        counts: Counter[str] = Counter()
        choosing: list[ast.Assign | ast.AnnAssign] = []
        has_choice = False
        for part, is_inner in _walk(node):
            if type(part) not in TELLING:
                continue
            match part:
                case ast.Name(id=name, ctx=ast.Store()) if not is_inner:
                    assigned.add(name)
                case ast.Nonlocal(names=names):
                    assigned.update(names)
                case ast.Assign() | ast.AnnAssign():
                    choosing.append(part)
                case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) | ast.Assert(test=test):
                    counts[condition(test)[0]] += 1
                    has_choice = has_choice or isinstance(part, ast.IfExp)
                case ast.BoolOp(values=tests) | ast.comprehension(ifs=tests):
                    counts.update(condition(test)[0] for test in tests)
        del counts[""]
        self.assigned = frozenset(assigned)
        self.repeated = {text: _names(text) for text, number in counts.items() if number > 1}
        self.choosing = self._choices(choosing) if has_choice and self.repeated else {}

    def _choices(self, statements: list[ast.Assign | ast.AnnAssign]) -> dict[ast.AST, str]:
        """Return the assignments of one value or another, by a condition that comes again."""
        found: dict[ast.AST, str] = {}
        for statement in statements:
            parts = _walk(statement.value) if statement.value else ()
            tests = (condition(part.test)[0] for part, _ in parts if isinstance(part, ast.IfExp))
            if text := next((text for text in tests if text in self.repeated), ""):
                found[statement] = text
        return found


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


def _walk(node: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    """Yield a node and all below it, as ast.walk() does in three times the time; tell what an inner function has."""
    stack, inner = [node], list[ast.AST]()
    is_inner = False
    while stack or inner:
        if not stack:
            stack, inner, is_inner = inner, [], True
        part = stack.pop()
        if type(part) in FUNCTIONS and part is not node and not is_inner:
            inner.append(part)
            continue
        yield part, is_inner
        # Fields alone: other tools hang more on a node, and Python shares one ast.Load() among all trees.
        for name in part._fields:
            value = getattr(part, name, None)
            if isinstance(value, list):
                stack.extend(each for each in value if isinstance(each, ast.AST))
            elif isinstance(value, ast.AST):
                stack.append(value)
