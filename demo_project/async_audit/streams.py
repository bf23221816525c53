"""Lines of a log that share a prefix, such as a container's name, and the traceback in them that is not complete."""

import re
from dataclasses import dataclass, field

from async_audit.frames import Frame, Traceback

PHRASE = "You cannot call this from an async context"  # Django's wording, since 3.0
MARGIN = " \t|+"  # the left edge of an exception group
MARKS = re.compile(r"[~^][~^ ]*")
OTHER_ERROR = re.compile(r"(?!DEBUG|INFO|WARNING|ERROR|CRITICAL)(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:: .*)?")
TIME = r"\d{4}[-/]\d\d[-/]\d\d|\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d{1,9})?|\d{1,20}[.,]\d{1,9}|\d{9,20}"
TIMES = re.compile(TIME)


def name_of(prefix: str) -> str:
    """Return what of a prefix is the same in each line: all but times."""
    return TIMES.sub("", prefix).strip(MARGIN)


@dataclass
class Stream:
    """The frames of one traceback, and what was found before in the chain of errors that it belongs to."""

    prefix: str
    last: int = 0  # number of the newest line
    start: int = 0  # number of the first frame's line
    frames: list[Frame] = field(default_factory=list)
    found: list[Traceback] = field(default_factory=list)
    linked: bool = False  # the frames are callers of what was found
    mention: Traceback | None = None  # the line above the chain, when it has the error's message

    def __post_init__(self) -> None:
        self._prefix = re.compile(f"(?:{TIME})".join(map(re.escape, TIMES.split(self.prefix))))
        self._frame_column = 0
        self._source_column = 0

    @property
    def is_over(self) -> bool:
        """Tell whether the next frame is that of another chain."""
        return not self.frames and not self.linked

    def add(self, frame: Frame, column: int, number: int) -> None:
        """Take a frame; `column` is that of its `File`, after the prefix."""
        if not self.frames:
            self.start = number
        self.frames.append(frame)
        self._frame_column = column
        self.last = number

    def end(self, message: str | None) -> bool:
        """Close the frames; tell whether they were the error's. `message` is None when the log names no such error."""
        frames, self.frames = self.frames, []
        if self.linked:
            for traceback in self.found:
                traceback.callers[:0] = frames
            self.linked = False
        if message is None and not (frames and frames[-1].raises):
            return False
        self.found.append(Traceback(self.start, message or "", frames))
        return True

    def text(self, line: str) -> str | None:
        """Return what stands after the prefix, None for a line of another stream."""
        match = self._prefix.match(line)
        return line[match.end() :] if match else None

    def take_source(self, text: str, number: int) -> bool:
        """Take a line of source, or the marks below one; tell whether it was any."""
        bare = text.lstrip(MARGIN)
        column = len(text) - len(bare)
        if not self.frames or not bare or column <= self._frame_column:
            return False
        frame = self.frames[-1]
        if not frame.source:
            frame.source, self._source_column = bare.rstrip(), column
        elif not frame.marked and MARKS.fullmatch(bare.rstrip()):
            left = column - self._source_column
            frame.marked = frame.source[left : left + len(bare.rstrip())]
        self.last = number
        return True

    def names_other_error(self, text: str, number: int) -> bool:
        """Tell whether a line right below the frames is where a traceback names its error."""
        return number - self.last <= 1 and bool(OTHER_ERROR.fullmatch(text.strip(MARGIN)))
