"""What a check reports: a place in the source, what is wrong there, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """A line of a file, named as output names it; `function` is empty where there is none."""

    path: str
    line: int
    function: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Finding:
    """One thing to repair.

    `advice` may have several lines. `boundary` is the async function that can move the work to a thread, None when
    nothing tells which one it is. `code` names the shape, empty when nothing tells it. `times` is how often it
    happened.
    """

    place: Place
    message: str
    advice: str
    boundary: Place | None = None
    code: str = ""
    times: int = 1

    def text(self) -> str:
        """Return the finding as lines of a report: `path:line: message`, and the advice indented below."""
        return "\n      ".join(map(printable, [f"{self.place}: {self.message}", *self.advice.split("\n")]))


def printable(text: str) -> str:
    """Return text that a terminal shows and does not obey."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def shorten(text: str, limit: int = 200) -> str:
    """Return text cut to `limit` characters."""
    return text if len(text) <= limit else f"{text[:limit]}…"
