"""From the text of an error to the line to repair, the lesson, and the program of the gallery that is nearest to it.

explain("…the traceback…")
"""

import difflib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html import escape

from .database import program_environ
from .errors import WorkshopError
from .gallery import GALLERY, Program, pairs
from .scratch import PROJECT
from .show import Shown

CHECKER = PROJECT / "check_async_errors.py"


class Explanation(Shown):
    """What the checker says of a pasted error, and below it the names of programs to run."""

    def __init__(self, said: str, near: list[str]) -> None:
        """Take the checker's text and the names of shapes."""
        self.said = said
        self.near = near

    def text(self) -> str:
        """Return both."""
        return "\n".join([self.said, *(f'Like it in the gallery: Shape("{name}")' for name in self.near)])

    def html(self) -> str:
        """Return both, with the checker's layout kept."""
        near = "".join(f'<p>Like it in the gallery: <code>Shape("{escape(name)}")</code></p>' for name in self.near)
        return f'<pre style="white-space: pre-wrap">{escape(self.said)}</pre>{near}'


def explain(error: str) -> Explanation:
    """Explain a traceback, or an error's text alone. Raises WorkshopError when nothing of it is known.

    explain(\"\"\"Traceback …\"\"\")
    """
    said = checked(error, "text")
    found = json.loads(checked(error, "json"))
    if not found["findings"] and not found["siblings"]:
        raise WorkshopError("There is no error in this text that the kit knows. Paste all of it, its last line too.")
    near = [nearest(finding["code"], finding["message"]) for finding in found["findings"] if finding["code"]]
    near += [name for sibling in found["siblings"] if (name := sibling["shape"])]
    return Explanation(said, list(dict.fromkeys(near)))


def checked(error: str, form: str) -> str:
    """Return what the checker says of a text."""
    command = [sys.executable, str(CHECKER), "--format", form, "--log", "-"]
    done = subprocess.run(command, input=error, env=program_environ(), capture_output=True, text=True)
    if done.returncode > 1:
        raise WorkshopError(done.stderr.strip())
    return done.stdout.strip()


def nearest(code: str, line: str) -> str:
    """Return the shape of a code whose broken program has the line that is most like this one."""
    some = [
        programs[0]
        for programs in pairs().values()
        if programs[0].catalogue and programs[0].is_run and code in programs[0].codes
    ]
    best = max(some, key=lambda program: max(likeness(line, own) for own in lines_of(program)))
    return f"{best.path.removesuffix('.py')}/{best.about}"


def lines_of(program: Program) -> Iterator[str]:
    """Yield the lines of a program below its first one."""
    lines = (GALLERY / program.path).read_text(encoding="utf-8").splitlines()
    yield from (lines[number - 1].strip() for number in list(program.lines)[1:])


def likeness(one: str, other: str) -> float:
    """Return how much two lines are alike, from 0 to 1: what they call counts, and not how it is named around it."""
    called, own = (re.findall(r"\.\w+|\w+\(|await|for|async|if|in|with", line) for line in (one, other))
    return difflib.SequenceMatcher(a=called, b=own, autojunk=False).ratio()
