"""A traceback as people paste it, in the form that Python prints: of pytest, IPython, Twisted, a web page, a quote."""

import html
import re
from collections.abc import Iterable, Iterator

from async_audit.streams import PHRASE

ERROR = "SynchronousOnlyOperation"
FRAME = r'File "[^"]{1,4096}", line \d{1,9}, in [\w<>.]{1,300}'
ONE_OF_SEVERAL = re.compile(rf"({FRAME})[ \t]+")
QUOTED = re.compile(r"(?:> ?)+(?=.*(?:File \"|Traceback \(most))")
QUOTE = re.compile(r"(?:> ?)+")

# pytest: the function's source, its line with a mark, then where that is; callers in short.
PYTEST_CALLER = re.compile(r"(\S.{0,4095}\.py):(\d{1,9}): in (\S+)")
PYTEST_PLACE = re.compile(r"(\S.{0,4095}\.py):(\d{1,9}): ?(\w*)")
PYTEST_MARKED = re.compile(r"> {3,}(\S.*)")
PYTEST_FUNCTION = re.compile(r" {4,}(?:async )?def (\w+)")
PYTEST_SAYS = re.compile(rf"E +(\S*{ERROR}.*)")
# IPython: where the function is, then some of its lines, with an arrow before the one that was run.
IPYTHON_PLACE = re.compile(r"(?:File )?(\S.*?\.py)(?::\d+)?,? in ([\w.<>]+)(?:\(|$)")
IPYTHON_PLAIN = re.compile(r" *File (\S.*?\.py):(\d{1,9}) in ([\w.<>]+)")
IPYTHON_CELL = re.compile(r"(Cell In ?\[\d+\]|<ipython-input-[\w-]+>)(?:, line \d+| in <module>)")
IPYTHON_LINE = re.compile(r"-{1,12}> (\d{1,9})(?: (.*))?")
# Twisted: all frames in one form, below a line that has the error.
TWISTED_ERROR = re.compile(r"\[Failure instance: Traceback: <class '([\w.]+)'>: (.*)")
TWISTED_FRAME = re.compile(r"(\S.{0,4095}\.py):(\d{1,9}):([\w<>]+)")


def as_python_prints(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a text, those of another tool's traceback in Python's own form."""
    form = _Form()
    for line in _unquoted(lines):
        yield from form.lines(line)
    yield from form.end()


def _unquoted(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines without the marks of a quote and the entities of a page, and a line for each frame."""
    in_quote = False
    for line in lines:
        if "&" in line:
            line = html.unescape(line)
        if mark := QUOTED.match(line) or (in_quote and QUOTE.match(line)):
            line = line[mark.end() :]
        in_quote = bool(mark)
        if line.count('File "') > 1:
            yield from ONE_OF_SEVERAL.sub(r"\n  \1\n    ", line).split("\n")
        else:
            yield line


class _Form:
    """What has to be remembered between the lines of one traceback."""

    def __init__(self) -> None:
        self._function = self._marked = "?"  # pytest's
        self._said = ""
        self._place: tuple[str, str] | None = None  # IPython's
        self._failure = ""  # Twisted's error

    def lines(self, line: str) -> Iterator[str]:
        """Yield what a line is in Python's form."""
        if error := TWISTED_ERROR.search(line):
            self._failure = f"{error[1]}: {error[2]}"
            yield "Traceback (most recent call last):"
        elif self._failure:
            yield from self._of_twisted(line)
        elif place := IPYTHON_PLAIN.fullmatch(line):
            yield from _frame(place[1], place[2], place[3])
        elif place := IPYTHON_CELL.match(line):
            self._place = place[1], "<module>"
        elif place := IPYTHON_PLACE.match(line):
            self._place = place[1], place[2].rpartition(".")[2]
        elif self._place:
            yield from self._of_ipython(line)
        else:
            yield from self._of_pytest(line)

    def end(self) -> Iterator[str]:
        """Yield what only the end of the text decides."""
        if self._failure:
            yield self._failure
            self._failure = ""

    def _of_twisted(self, line: str) -> Iterator[str]:
        if frame := TWISTED_FRAME.fullmatch(line.strip()):
            yield from _frame(frame[1], frame[2], frame[3])
        elif not line.startswith("---"):  # <exception caught here>
            yield from self.end()
            yield line

    def _of_ipython(self, line: str) -> Iterator[str]:
        assert self._place
        if run := IPYTHON_LINE.match(line):
            yield from _frame(self._place[0], run[1], self._place[1], (run[2] or "").strip())
        elif not re.match(r"\s*\d+\b|\s*$", line):
            self._place = None
            yield line

    def _of_pytest(self, line: str) -> Iterator[str]:
        if function := PYTEST_FUNCTION.match(line):
            self._function = function[1]
        elif marked := PYTEST_MARKED.match(line):
            self._marked = marked[1]
        elif said := PYTEST_SAYS.match(line):
            self._said = said[1]
        elif place := PYTEST_CALLER.fullmatch(line):
            yield from _frame(place[1], place[2], place[3])
        elif place := PYTEST_PLACE.fullmatch(line):
            yield from _frame(place[1], place[2], self._function, self._marked)
            if place[3] == ERROR or (PHRASE in self._said and place[3]):
                yield self._said
        else:
            yield line


def _frame(path: str, line: str, function: str, source: str = "") -> Iterator[str]:
    yield f'  File "{path}", line {line}, in {function}'
    if source:
        yield f"    {source}"
