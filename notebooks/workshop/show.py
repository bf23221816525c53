"""What the notebooks display: plain text for terminals and tests, HTML with the same content for the page."""

import ast
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from jupyterlab_pygments import JupyterStyle
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Operator

LETTERS = "font-family: var(--jp-code-font-family, monospace); font-size: 13px; margin: 0; "
LONG = 30  # characters of code that are still shown in one line
SCROLLS = f"{LETTERS}white-space: pre; overflow-x: auto"
HANGS = "display: block; padding-left: 2ch; text-indent: -2ch"
WRAPS = f"{LETTERS}white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere"


class Shown:
    """Something that shows itself as text and as HTML."""

    def text(self) -> str:
        """Return the plain text."""
        raise NotImplementedError

    def html(self) -> str:
        """Return HTML that says the same."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self.html()}


class Readable(JupyterStyle):
    """The page's own colours; those of comments and operators have too little contrast on a dark page."""

    styles = JupyterStyle.styles | {
        Comment: "italic var(--jp-content-font-color1)",
        Operator: JupyterStyle.styles[Keyword],
    }


class Source(Shown):
    """A file, or one function of it, with its line numbers."""

    def __init__(self, name: str, text: str, function: str | None = None) -> None:
        """Take the text of a whole file. Raises ValueError when it has no such function."""
        self.name = name
        first, last = span_of(text, function) if function else (1, len(text.splitlines()))
        self.lines = list(enumerate(text.splitlines(), 1))[first - 1 : last]

    def text(self) -> str:
        """Return the numbered lines below the file's name."""
        return "\n".join([self.name, *(f"{number:4}  {line}".rstrip() for number, line in self.lines)])

    def html(self) -> str:
        """Return the numbered lines in colour."""
        style = HtmlFormatter(
            style=Readable,
            noclasses=True,
            nobackground=True,
            linenos="inline",
            linenostart=self.lines[0][0] if self.lines else 1,
            prestyles=SCROLLS,
        )
        code = highlight("\n".join(line for _, line in self.lines), PythonLexer(), style)
        code = code.replace("<pre ", '<pre tabindex="0" ', 1)  # what scrolls can be scrolled by keyboard
        return f"<div><strong>{escape(self.name)}</strong>{code}</div>"


class Diff(Shown):
    """A difference as git prints it, without the lines that are for programs."""

    NOISE = ("diff ", "index ", "--- ", "new file", "deleted file", "old mode", "new mode")

    def __init__(self, patch: str) -> None:
        """Take what `git diff` printed."""
        self.patch = patch

    def text(self) -> str:
        """Return the changed files and lines, each with its sign."""
        patch = re.sub(r"^--- a/(.+)\n\+\+\+ /dev/null$", r"+++ \1 is gone", self.patch, flags=re.M)
        lines = [line.replace("+++ b/", "+++ ") for line in patch.splitlines() if not line.startswith(self.NOISE)]
        return "\n".join(lines) or "no difference"

    def html(self) -> str:
        """Return the same in colour; the signs stay, so colour is never the only mark."""
        # Translucent, so that they do on a light page and on a dark one.
        colours = {"+": "background: #2da44e33; ", "-": "background: #cf222e33; ", "@": "font-style: italic; "}
        lines = [
            f'<span style="{"" if line.startswith("+++") else colours.get(line[:1], "")}{HANGS}">'
            f"{escape(line) or ' '}</span>"
            for line in self.text().splitlines()
        ]
        return f'<pre style="{WRAPS}">{"".join(lines)}</pre>'


def span_of(text: str, name: str) -> tuple[int, int]:
    """Return first and last line of a function or class, decorators included. Raises ValueError when there is none."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            return first, node.end_lineno or first
    raise ValueError(f"There is no {name} here.")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str, code: Sequence[int] = ()) -> str:
    """Return an HTML table; `code` numbers the columns that hold code. Where the page is narrow, it scrolls."""
    left = "text-align: left; vertical-align: top"

    def cell(number: int, text: str) -> str:
        if number not in code:
            return f'<td style="{left}">{escape(text)}</td>'
        wide = "min-width: 22em; " if len(text) > LONG else ""
        wraps = "white-space: pre-wrap; overflow-wrap: normal" if wide else "white-space: nowrap"
        return f'<td style="{wide}{left}"><code style="{wraps}">{_with_breaks(text)}</code></td>'

    body = "".join(f"<tr>{''.join(cell(number, text) for number, text in enumerate(row))}</tr>" for row in rows)
    columns = "".join(f'<th scope="col" style="{left}">{escape(name)}</th>' for name in head)
    inner = f'<caption style="{left}">{escape(caption)}</caption><thead><tr>{columns}</tr></thead><tbody>{body}</tbody>'
    return scrolling(f"<table>{inner}</table>", caption)


def scrolling(html: str, name: str) -> str:
    """Return what scrolls by mouse and by keyboard where the page is too narrow for it."""
    return f'<div tabindex="0" role="group" aria-label="{escape(name)}" style="overflow-x: auto">{html}</div>'


def _with_breaks(code: str) -> str:
    """Return code that a narrow page breaks before a dot, and not within a name."""
    return re.sub(r"(?<=[\w)\]/])(?=[./]\w)", "<wbr>", escape(code))
