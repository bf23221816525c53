"""Turns the SynchronousOnlyOperation tracebacks of logs into findings, one for each place."""

import io
import re
from collections import Counter
from collections.abc import Hashable
from dataclasses import replace

from async_audit.findings import Finding, Place, shorten
from async_audit.frames import Frame, Traceback
from async_audit.guess import shape_of
from async_audit.pasted import as_python_prints
from async_audit.records import read_lines
from async_audit.sibling import Sibling
from async_audit.siblings import ITSELF, sibling_in
from async_audit.source import Project
from async_audit.streams import PHRASE
from async_audit.tracebacks import ERROR, TracebackReader


class LogFindings:
    """Collects what logs say; the memory it takes grows with the number of places, not with the logs."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._first: dict[Hashable, Finding] = {}
        self._counts: Counter[Hashable] = Counter()
        self.siblings: dict[Sibling, str] = {}  # and the first line of each

    def read(self, log: io.BufferedReader, name: str, pasted: bool = False) -> None:
        """Take a whole log and close it; `name` is how output calls it. Raises CompressedLog and OSError.

        In one that was pasted to be explained, errors beside SynchronousOnlyOperation count too.
        """
        reader = TracebackReader(lambda traceback: self._add(traceback, name, pasted))
        for line in as_python_prints(read_lines(log)) if pasted else read_lines(log):
            reader.feed(line)
            if pasted and (sibling := sibling_in(line)):
                self.siblings.setdefault(sibling, line.strip())
        reader.finish()
        if pasted and len(self._first) > 1 and name in self._first:  # the message of an error that is there in full
            del self._first[name], self._counts[name], self.siblings[ITSELF]

    def count(self) -> int:
        """Return how many errors there are, at all places together."""
        return self._counts.total()

    def findings(self) -> list[Finding]:
        """Return one finding for each place, by file and line."""
        found = [
            replace(finding, times=times, message=f"{ERROR}, {times} time{'s' * (times > 1)}: {finding.message}")
            for finding, times in ((finding, self._counts[key]) for key, finding in self._first.items())
        ]
        functions = Counter(_function(finding) for finding in found)
        return sorted(
            (_with_others(finding) if functions[_function(finding)] > 1 else finding for finding in found),
            key=lambda finding: (finding.place, finding.boundary or finding.place),
        )

    def _add(self, traceback: Traceback, log: str, pasted: bool) -> None:
        if traceback.frames:
            finding = self._locate([*traceback.callers, *traceback.frames], traceback.message)
            key: Hashable = finding.place, finding.boundary
        else:
            finding = _without_traceback(traceback, log)
            key = log  # one finding for all of them: nothing tells their places apart
            if pasted:
                self.siblings.setdefault(ITSELF, traceback.message)
        self._first.setdefault(key, finding)
        self._counts[key] += 1

    def _locate(self, frames: list[Frame], message: str) -> Finding:
        """Name the innermost project frame, which asks the database, and the async function that it is called from."""
        frames = self._without_wrapper(frames)
        own = [frame for frame in frames if frame.in_project]
        line = own[-1] if own else _nearest_to_database(frames)
        boundary = self._deepest_async(frames)
        if boundary:
            advice = f"move to a thread in: {boundary.function} ({self._project.place(boundary)})"
        elif own:
            advice = f"move to a thread in: the async caller of {line.function}, which is not in the traceback"
        else:
            advice = "no line of the project is in the traceback: look for what calls this"
        if message and PHRASE not in message:
            advice += f"\nthe error says: {shorten(message)}"
        if any(self._project.has_changed(frame) for frame in (line, boundary) if frame):
            advice += "\nthe source has changed since, and may have been repaired"
        return Finding(
            place=self._project.place(line),
            message=shorten(self._project.source(line)) or f"in {line.function}",
            advice=advice,
            boundary=self._project.place(boundary) if boundary else None,
            code=shape_of(frames, boundary),
        )

    def _without_wrapper(self, frames: list[Frame]) -> list[Frame]:
        """Leave out what somebody has put around Django's guard to watch the database; it asks nothing itself."""
        if len(frames) < 3 or not frames[-1].raises:
            return frames
        *outer, caller, wrapper, guard = frames
        is_elsewhere = not self._project.has(wrapper) and any(map(self._project.has, frames))
        return [*outer, caller, guard] if is_elsewhere or "/django/db/" in caller.path else frames

    def _deepest_async(self, frames: list[Frame]) -> Frame | None:
        """Return the deepest project frame in an `async def`: below it, no function can hand work to a thread.

        Its source says whether it is one. Where that is not here, or has changed since, a frame passes for async when
        its line awaits something, its caller awaits it, or an event loop's own code runs it.
        """
        for caller, frame in reversed(list(zip([None, *frames], frames, strict=False))):
            if frame.in_project and not frame.function.startswith("<"):
                is_async = self._project.is_async(frame)
                if frame.looks_async(caller) if is_async is None else is_async:
                    return frame
        return None


def _function(finding: Finding) -> Hashable:
    """Return the async function of a finding; one without has nothing in common with others."""
    return (finding.boundary.path, finding.boundary.function) if finding.boundary else finding


def _with_others(finding: Finding) -> Finding:
    """Return a finding with advice for an async function that is in a log with several places."""
    move, *more = finding.advice.split("\n")
    return replace(finding, advice="\n".join([f"{move}; it asks in other places too: move them together", *more]))


def _nearest_to_database(frames: list[Frame]) -> Frame:
    """Return the innermost frame of a package other than Django, or outside its database code, or the first in that."""
    packages = [frame for frame in frames if "-packages/" in frame.path]
    callers = [frame for frame in packages if not re.search("/django/(db|utils)/", frame.path)]
    others = [frame for frame in callers if not re.search("-packages/(django|asgiref)/", frame.path)]
    return (others[-1:] or callers[-1:] or packages[:1] or frames)[0]


def _without_traceback(traceback: Traceback, log: str) -> Finding:
    return Finding(
        place=Place(log, traceback.number),
        message=f"no traceback, only: {shorten(traceback.message)}",
        advice="log it by logger.exception(…), or with exc_info=True, to see where it comes from",
    )
