"""An error in the server, cut to the frames that matter."""

from html import escape
from itertools import groupby
from typing import Any

from .show import Shown, table

LIBRARIES = ("asgiref/", "channels/", "django/")


class Failure(Shown):
    """Shows the frames that matter: the async function, the line that failed below it, and what raised the error."""

    def __init__(self, error: dict[str, Any]) -> None:
        """Take an error as `workshop.server` reports it."""
        self.name: str = error["exception"]
        self.message: str = error["message"]
        self.full: str = error["full"]
        frames = error["frames"]
        own = [frame for frame in frames if frame["project"]]
        # The deepest own frame that may await is the last place where the work can still be sent to another thread.
        self.wrap = next((frame for frame in reversed(own) if frame["coroutine"]), None)
        # Without one, a library has called a plain function on its loop.
        called = self.name == "SynchronousOnlyOperation" and self.wrap is None
        library = [frame for frame in frames if frame["coroutine"] and frame["file"].startswith(LIBRARIES)]
        self.called_by = library[-1] if called and library else None
        self.line = own[-1] if own else None
        self.raised = frames[-1] if frames else None
        self.asked_database = any(frame["file"].startswith("django/db/") for frame in frames)

    def summary(self) -> str:
        """Return place and message in one line."""
        place = f"{self.line['file']}:{self.line['line']}: " if self.line else ""
        return f"{place}{self.name}: {self.message}"

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Return role, place, function and source of each frame shown; one that has two roles is shown once."""
        roles = [("async function", self.wrap or self.called_by), ("raised by", self.raised)]
        if self.line != self.raised:
            roles.insert(1, ("database line" if self.asked_database else "line that failed", self.line))
        return [
            # Django's line numbers differ between releases; only the reader's own are worth showing.
            (", ".join(names), f"{f['file']}:{f['line']}" if f["project"] else f["file"], f["function"], f["source"])
            for f, same in groupby(roles, key=lambda role: role[1])
            if f and (names := [name for name, _frame in same])
        ]

    def text(self) -> str:
        """Return the frames and the message as lines."""
        lines = [f"{role:<31}{place} in {name}\n{'':<35}{source}" for role, place, name, source in self.rows()]
        return "\n".join([*lines, f"{self.name}: {self.message}"])

    def html(self) -> str:
        """Return the frames as a table, and the message below it."""
        body = table(
            ("role", "file", "function", "source"), self.rows(), caption="Where the error came from", code=(1, 2, 3)
        )
        return f"{body}<p><strong>{escape(self.name)}</strong>: {escape(self.message)}</p>"
