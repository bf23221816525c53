"""A source file that is edited by the places of its nodes, so that all else stays as it was written.

The standard library's ast tells places and nothing of layout, which is all that insertions need. libcst keeps the
layout too, and would be the first package that the checker needs.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from async_audit.static.notes import place

LINE_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")  # what ends a line for Python
Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, order=True)
class Edit:
    """A piece of text and what comes in its place."""

    start: int
    end: int
    text: str


class Source:
    """A file's text and tree. Raises SyntaxError or ValueError when it is no Python."""

    def __init__(self, content: bytes) -> None:
        self.encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0]
        self.text = content.decode(self.encoding)
        self.tree = ast.parse(content)
        self.lines = LINE_END.split(self.text)
        self._starts = [0, *accumulate(map(len, self.lines))]
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @property
    def newline(self) -> str:
        """How the first line ends."""
        return self.lines[0][len(self.lines[0].rstrip("\r\n")) :] or "\n"

    def start(self, node: ast.expr | ast.stmt | ast.alias) -> int:
        """Return where a node begins in the text."""
        return self._offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.alias) -> int:
        """Return where a node ends in the text."""
        return self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def line_start(self, line: int) -> int:
        """Return where a line begins in the text, or the text ends."""
        return self._starts[min(line, len(self._starts)) - 1]

    def _offset(self, line: int, column: int) -> int:
        """Return a place in the text; Python counts columns in bytes of UTF-8."""
        return self._starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def at(self, line: int, column: int) -> list[ast.expr]:
        """Return the expressions that a finding's place may mean, innermost first."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, ast.expr) and place(node) == (line, column)]
        return sorted(found, key=self.end)

    def above(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        """Yield each node around one, from the inside, and its child on the way."""
        while parent := self.parents.get(node):
            yield parent, node
            node = parent

    def function(self, node: ast.AST) -> ast.AsyncFunctionDef | None:
        """Return the async function in whose own text an await may stand at a node, None when it may not."""
        for parent, child in self.above(node):
            match parent:
                case ast.GeneratorExp() | ast.JoinedStr():  # it would be an async generator; places in it are unsure
                    return None
                case ast.Lambda() if child is parent.body:
                    return None
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if child in parent.body:
                    return parent if isinstance(parent, ast.AsyncFunctionDef) else None
        return None

    def is_repeated(self, node: ast.AST) -> bool:
        """Tell whether a loop in its function goes through a node again and again."""
        for parent, child in self.above(node):
            match parent:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                    return False
                case ast.For() | ast.AsyncFor() | ast.comprehension() if child is not parent.iter:
                    return True
                case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                    if child is not parent.generators[0]:
                        return True
                case ast.While():
                    return True
        return False

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """Return the file with edits, none of which overlap. Raises ValueError when they do."""
        pieces, done = [], 0
        for edit in sorted(dict.fromkeys(edits), key=lambda edit: (edit.start, edit.end)):
            if edit.start < done:
                raise ValueError("two repairs of one place")
            pieces += [self.text[done : edit.start], edit.text]
            done = edit.end
        return "".join([*pieces, self.text[done:]]).encode(self.encoding)

    def line_after(self, line: int, edits: Iterable[Edit]) -> int:
        """Return the number that a line has after edits: whole lines were inserted above some."""
        start = self.line_start(line)
        return line + sum(1 for edit in set(edits) if edit.text.endswith(("\n", "\r")) and edit.start <= start)
