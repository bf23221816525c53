"""Stretches of a timeline: placed in columns by what came before what, drawn, and told."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape

from .calls import LOOP
from .picture import PLAIN, WAIT, Ink, arrow, box, drawing, height, image, rule, wrapped

MARGIN, COLUMN, GAP = 142, 104, 6  # pixels: the lanes' names, a column, a box with text


@dataclass(frozen=True)
class Span:
    """A stretch in a lane, from its begin to its end; `asked` is when the loop asked for it, and `note` its outcome."""

    lane: str
    label: str
    ink: Ink
    asked: int
    begin: int
    end: int
    is_mark: bool = False
    note: str = ""

    @property
    def is_hop(self) -> bool:
        """Whether the loop has asked another thread for it."""
        return not self.is_mark and self.lane != LOOP


def columns(spans: list[Span]) -> list[Span]:
    """Return the stretches with columns for places: begins without an end between them share one, and so do ends.

    So two runs in which the same things overlap look the same, whatever thread was a moment faster. A mark has a
    column of its own, for its place in the order is what the lesson says.
    """
    points = sorted({point for span in spans for point in _points(span)})
    column, before, placed = 0, "", {}
    for place, kind in points:
        if before and (kind != before or kind == "mark"):
            column += 1
        placed[place], before = column, kind
    moved = [replace(s, asked=placed[s.asked], begin=placed[s.begin], end=placed[s.end]) for s in spans]
    return sorted(moved, key=lambda span: (span.asked, span.begin, span.end, span.lane, span.label))


def _points(span: Span) -> Iterable[tuple[int, str]]:
    if span.is_mark:
        return {(span.begin, "mark"), (span.end, "mark")}
    return {(span.asked, "begin"), (span.begin, "begin"), (span.end, "end")}


def lanes_of(spans: list[Span]) -> list[str]:
    """Return the lanes from top to bottom: clients in the order of their first mark, the loop, the threads."""
    clients = list(dict.fromkeys(span.lane for span in spans if span.is_mark))
    threads = sorted({span.lane for span in spans if span.is_hop})
    return [*clients, LOOP, *threads]


def steps(spans: list[Span]) -> list[str]:
    """Return what happens in each column, in words."""
    said: dict[int, list[str]] = {}
    for span in spans:
        for column, words in _events(span):
            said.setdefault(column, []).append(words)
    return [f"{number}. {'; '.join(said[column])}" for number, column in enumerate(sorted(said), 1)]


def _events(span: Span) -> list[tuple[int, str]]:
    if span.is_mark and span.begin == span.end:
        return [(span.begin, f"{span.lane}: {span.label}")]
    if span.is_mark:
        return [(span.begin, f"{span.lane}: {span.label}"), (span.end, f"{span.lane}: lets it go")]
    if span.lane == LOOP:
        note = f" ({span.note})" if span.note else ""
        if span.begin == span.end or span.ink != WAIT:
            return [(span.begin, f"{LOOP}: {span.label}{note}")]
        return [(span.begin, f"{LOOP} is held up by {span.label}{note}"), (span.end, f"{LOOP} is free again")]
    begin = [(span.asked, f"{LOOP} hands {span.label} to the {span.lane} thread")]
    if span.begin > span.asked:
        begin.append((span.begin, f"{span.lane} begins {span.label}"))
    return [*begin, (span.end, f"{span.lane} ends {span.label}")]


def listed(spans: list[Span]) -> str:
    """Return a line for each lane, with a column for each step, and then the steps."""
    if not spans:
        return "Nothing of that happened while the timeline was recorded."
    lanes, told = lanes_of(spans), steps(spans)
    width = max(len(lane) for lane in lanes)
    numbers = "".join(f"{n:>4}" for n in range(1, len(told) + 1))
    lines = [f"{'':{width}}{numbers}".rstrip()]
    for lane in lanes:
        row = [" "] * (4 * len(told) + 1)
        for span in [span for span in spans if span.lane == lane]:
            row[4 * span.begin + 3 : 4 * span.end + 4] = _bar(span)
            if span.is_hop:
                waiting = range(4 * span.asked + 3, 4 * span.begin + 3)
                row = [("·" if n in waiting and cell == " " else cell) for n, cell in enumerate(row)]
        lines.append(f"{lane:{width}}{''.join(row)}".rstrip())
    return "\n".join([*lines, *told])


def _bar(span: Span) -> str:
    inner = 4 * (span.end - span.begin) - 1
    if inner < 0:
        return {"✓": "✓", "✗": "✗"}.get((span.note or span.label)[:1], "|")
    return f"[{('#' if span.ink == WAIT else '=') * inner}]"


def drawn(spans: list[Span]) -> str:
    """Return the picture as HTML, with the steps as alternative text, and the text, folded away."""
    if not spans:
        return f"<p>{listed(spans)}</p>"
    folded = "".join(f"<li>{escape(step.partition('. ')[2])}</li>" for step in steps(spans))
    picture = image(svg_of(spans), " ".join(steps(spans)))
    return f"{picture}<details><summary>The same in words, step by step</summary><ol>{folded}</ol></details>"


def svg_of(spans: list[Span]) -> str:
    """Return the picture, lane below lane and order to the right."""
    last = max(max(span.end, span.begin + 1) for span in spans)
    right, y = MARGIN + COLUMN * last, 6.0
    parts: list[str] = []
    loop = 0.0
    for lane in lanes_of(spans):
        parts.append(box(6, y, MARGIN - 16, PLAIN, signed=lane))
        loop = y if lane == LOOP else loop
        bottom = y + height(1)
        for row in rows_of([span for span in spans if span.lane == lane]):
            for span in row:
                parts.append(_drawn(span, y))
                bottom = max(bottom, y + _height(span))
                if span.is_hop:
                    parts += _asking(span, spans, loop, y)
            y = bottom + GAP
        y = bottom + 2 * GAP
        parts.append(rule(6, y - GAP, right, y - GAP))
    return drawing(right + 6, y, parts)


def rows_of(spans: list[Span]) -> list[list[Span]]:
    """Return the stretches of a lane in rows, such that those of one row do not overlap."""
    rows: list[list[Span]] = []
    for span in spans:
        free = (row for row in rows if _right(row[-1]) <= _left(span))
        row = next(free, None)
        if row is None:
            rows.append([span])
        else:
            row.append(span)
    return rows


def _left(span: Span) -> float:
    return MARGIN + COLUMN * span.begin


def _right(span: Span) -> float:
    return _left(span) + COLUMN * max(1, span.end - span.begin)


def _lines(span: Span) -> tuple[list[str], str]:
    """Return the lines of code of a box, and the line in plain letters."""
    if span.is_mark:
        return [], span.label
    return wrapped(span.label, _right(span) - _left(span) - 8), span.note


def _height(span: Span) -> int:
    lines, signed = _lines(span)
    return height(len(lines) + bool(signed))


def _drawn(span: Span, y: float) -> str:
    lines, signed = _lines(span)
    return box(_left(span), y, _right(span) - _left(span) - 6, span.ink, *lines, signed=signed)


def _asking(span: Span, spans: list[Span], loop: float, y: float) -> list[str]:
    """Return the arrow of a hop, from a box of its own unless the loop's lane has another one there."""
    x, end = MARGIN + COLUMN * span.asked, (_left(span) + 12, y - 1)
    for other in spans:
        if other.lane == LOOP and other.begin <= span.asked < other.end:
            return [arrow(x + 12, loop + _height(other), *end)]
    return [box(x, loop, COLUMN - 6, PLAIN, signed="hands over"), arrow(x + 12, loop + 26, *end)]
