"""The frames of a traceback, as a log holds them."""

import re
from dataclasses import dataclass, field

# Code that nobody in the project wrote: installed packages, the standard library, names such as <frozen importlib>.
FOREIGN = re.compile(
    r"/(site|dist)-packages/|/lib(64)?/(python|pypy)\d[^/]*/|/Python\d+/Lib/|/python\d+\.zip/|^<frozen "
)
# Sentry names a package's files from its folder.
IN_PACKAGES = re.compile(
    r"(django|asgiref|channels|daphne|uvicorn|starlette|rest_framework|graphql|strawberry|celery)/"
)
AWAITS = re.compile(r"\bawait\b|\basync (for|with)\b")
PLAIN = re.compile(r"__(?!call|a(?:enter|exit|iter|next))\w+__")  # special methods that nothing awaits
GUARD = "raise SynchronousOnlyOperation"


@dataclass
class Frame:
    """One `File "…", line …, in …`, with its line of source and what the marks below that line point at."""

    path: str
    line: int
    function: str
    source: str = ""
    marked: str = ""

    def __post_init__(self) -> None:
        if re.match(r"[A-Za-z]:\\", self.path):
            self.path = self.path.replace("\\", "/")
        if IN_PACKAGES.match(self.path):
            self.path = f"/site-packages/{self.path}"

    @property
    def in_project(self) -> bool:
        """Tell whether the frame is neither an installed package's nor Python's own."""
        return not FOREIGN.search(self.path)

    @property
    def raises(self) -> bool:
        """Tell whether this line raises the error, as Django's guard does."""
        return self.source.startswith(GUARD)

    @property
    def asks(self) -> bool:
        """Tell whether this is Django's database code."""
        return "/django/db/" in self.path

    def looks_async(self, caller: "Frame | None") -> bool:
        """Guess: the frame's line awaits something, or its caller awaits it, or an event loop's own code runs it."""
        if AWAITS.search(self.source):
            return True
        # Without marks, Python means the whole line.
        return (
            caller is not None
            and not PLAIN.fullmatch(self.function)
            and bool(AWAITS.search(caller.marked or caller.source) or "/asyncio/" in caller.path)
        )


@dataclass
class Traceback:
    """One SynchronousOnlyOperation in a log: the frames it passed, outermost first, and those of its callers.

    Callers stand elsewhere in the log: in the traceback of an exception that it caused, or in a stack below it.
    Without frames, the log has the message alone; `message` is then the whole line.
    """

    number: int
    message: str
    frames: list[Frame] = field(default_factory=list)
    callers: list[Frame] = field(default_factory=list)
