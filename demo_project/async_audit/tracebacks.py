"""Finds the tracebacks of SynchronousOnlyOperation in a log, line by line."""

import re
from collections.abc import Callable, Iterable

from async_audit.frames import Frame, Traceback
from async_audit.records import fields_of
from async_audit.streams import MARGIN, PHRASE, TIMES, Stream, name_of

ERROR = "SynchronousOnlyOperation"
FRAME = re.compile(r'File "([^"]{1,4096})", line (\d{1,9}), in ([\w<>.]{1,300})')
HEADER = re.compile(r"(?:Exception Group )?Traceback \(most recent call last\):")
# What follows belongs to the same error: an error that it caused, or the stack of the code that logged it.
LINK = re.compile(
    r"The above exception was the direct cause|During handling of the above exception"
    r"|Call stack:|Stack \(most recent call last\):"
)
MENTION = re.compile(rf"{ERROR}(?:: \S|\(['\"])|{PHRASE}")
OPENINGS = ('File "', 'File \\"', "Traceback (most", ERROR, PHRASE)

LONGEST_PREFIX = 300  # characters
NEAR = 5  # lines between a chain of tracebacks and a line that repeats its message
IDLE = 200  # lines without a continuation, after which none is expected
MOST_STREAMS = 64


class TracebackReader:
    """Reads a log line by line, and calls `report` for each error once nothing more can follow."""

    def __init__(self, report: Callable[[Traceback], None]) -> None:
        self._report = report
        self._streams: dict[tuple[str, str], Stream] = {}
        self._number = 0
        self._last_error = -NEAR
        self._mentions: dict[int, Traceback] = {}  # by line: a traceback may begin below

    def feed(self, line: str) -> None:
        """Take the next line of the log."""
        self._number += 1
        if self._streams or any(opening in line for opening in OPENINGS):
            self._unwrap(line, "")
            if self._number % IDLE == 0:
                self._flush(key for key, stream in self._streams.items() if self._number - stream.last > IDLE)

    def finish(self) -> None:
        """Report what the end of the log has cut off: a traceback below the error's message is that error's."""
        for stream in self._streams.values():
            if stream.frames and stream.mention and stream.frames[-1].asks:
                self._close(stream, "")
        self._flush(self._streams)
        self._report_mentions(self._number)

    def _unwrap(self, line: str, field: str) -> None:
        """Read a line, or the lines in it; `field` is where in a record it stands."""
        fields = fields_of(line)
        if not fields:
            self._read(line, field)
        for name, lines in fields.items():
            inner = f"{field}{name}/"
            for text in lines:
                self._unwrap(text, inner)
            if len(lines) > 1:  # else a traceback may go on in the next record, as in Docker's own logs
                self._flush(key for key in self._streams if key[0] == inner)

    def _read(self, line: str, field: str) -> None:
        if frame := FRAME.search(line):
            self._add_frame(line, field, frame)
        elif header := HEADER.search(line):
            self._begin(field, line[: header.start()])
        elif link := LINK.search(line):
            self._link(field, name_of(line[: link.start()]))
        elif not self._ends(line, field) and not self._continues(line, field) and MENTION.search(line):
            self._note(line)

    def _add_frame(self, line: str, field: str, match: re.Match[str]) -> None:
        prefix = line[: match.start()].rstrip(MARGIN)
        if len(prefix) > LONGEST_PREFIX:
            return
        key = field, name_of(prefix)
        if key in self._streams and self._streams[key].is_over:
            self._flush([key])
        if key not in self._streams:
            if len(self._streams) == MOST_STREAMS:
                self._flush([min(self._streams, key=lambda key: self._streams[key].last)])
            self._streams[key] = Stream(prefix, mention=self._mention_above(key[1]))
        stream = self._streams[key]
        stream.add(Frame(match[1], int(match[2]), match[3]), match.start() - len(prefix), self._number)
        if stream.found:
            self._last_error = self._number

    def _begin(self, field: str, prefix: str) -> None:
        name = name_of(prefix)
        if mention := self._mention_above(name):
            self._mentions[self._number] = mention  # the first frame may be some lines below this header
        # Where the first line alone has a prefix, the frames of what came before have none.
        for key in {(field, name), (field, "")} & self._streams.keys():
            stream = self._streams[key]
            if stream.frames or stream.is_over:
                if "|" in prefix and stream.mention and not stream.found:  # the first error of the group above
                    self._mentions[self._number], stream.mention = stream.mention, None
                self._flush([key])

    def _link(self, field: str, name: str) -> None:
        if stream := self._streams.get((field, name)):
            if stream.frames:
                self._close(stream, None)
            stream.linked = True

    def _ends(self, line: str, field: str) -> bool:
        """Close a traceback with the line that names its error; tell whether it was one."""
        before, error, after = line.partition(ERROR)
        if not error or (after.strip() and not after.startswith(":")):
            return False
        if before.endswith("."):
            before = before[: before.rfind(" ") + 1]  # without the module
        stream = self._streams.get((field, name_of(before)))
        if not stream or not stream.frames:
            return False
        self._close(stream, after.removeprefix(":").strip())
        return True

    def _continues(self, line: str, field: str) -> bool:
        """Give a line to the open traceback that it belongs to; tell whether there was one."""
        for (inside, _name), stream in self._streams.items():
            text = stream.text(line) if inside == field and stream.frames else None
            if text is None:
                continue
            if stream.take_source(text, self._number):
                return True
            if stream.frames[-1].raises:
                if PHRASE in text:  # a report that does not name the error, as that of Django's debug page
                    self._close(stream, text.strip())
                    return True
            elif stream.names_other_error(text, self._number):
                self._close(stream, None)
                if MENTION.search(text):
                    stream.mention = None  # this line repeats it
        return False

    def _note(self, line: str) -> None:
        """Remember a line that has the error's message, unless a traceback right above says more."""
        if self._number - self._last_error > NEAR:
            self._report_mentions(self._number - NEAR - 1)
            self._mentions[self._number] = Traceback(self._number, TIMES.sub("", line).strip(MARGIN))

    def _mention_above(self, name: str) -> Traceback | None:
        """Take the nearest line that may announce the traceback which begins here; both have the same prefix."""
        for number in sorted(self._mentions, reverse=True):
            if self._number - number <= NEAR and self._mentions[number].message.startswith(name):
                return self._mentions.pop(number)
        return None

    def _report_mentions(self, last: int) -> None:
        """Report the lines with a message, up to some line, that no traceback has begun below."""
        for number in sorted(self._mentions):
            if number <= last:
                self._report(self._mentions.pop(number))

    def _close(self, stream: Stream, message: str | None) -> None:
        if stream.end(message):
            self._last_error = stream.last

    def _flush(self, keys: Iterable[tuple[str, str]]) -> None:
        for key in list(keys):
            stream = self._streams.pop(key)
            if stream.frames:
                self._close(stream, None)
            for traceback in stream.found:
                self._report(traceback)
            if stream.mention and not stream.found:
                self._mentions[stream.mention.number] = stream.mention
