"""The boundary table: on which side of the line between event loop and worker thread each database call ran."""

from html import escape
from itertools import groupby
from typing import Any
from urllib.parse import quote

from .show import Shown, table

LANES = ("event loop", "worker")
ROW, TOP, WIDTH, LANE = 46, 40, 760, 380  # pixels


class Calls(Shown):
    """One row per database call, in order; a picture of the two threads, and the same as a table."""

    HEAD = ("for", "line", "call", "thread", "loop?", "outcome")

    def __init__(self, events: list[dict[str, Any]]) -> None:
        """Take "call" events of `workshop.server`; the statements of one call become one row."""
        rows = [
            (
                event["method"],
                f"{event['where']['file'].rpartition('/')[2]}:{event['where']['line']}",
                event["where"]["call"],
                event["thread"],
                "yes" if event["loop"] else "no",
                event["outcome"],
            )
            for event in events
        ]
        self.rows = [row for row, _same in groupby(rows)]

    def text(self) -> str:
        """Return the table with aligned columns."""
        if not self.rows:
            return self.alternative()
        rows = [self.HEAD, *self.rows]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.HEAD))]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        )

    def html(self) -> str:
        """Return the picture, with its content as alternative text, and the table."""
        if not self.rows:
            return f"<p>{self.alternative()}</p>"
        picture = (
            f'<img src="data:image/svg+xml,{quote(self.svg())}" alt="{escape(self.alternative())}" width="{WIDTH}">'
        )
        return picture + table(self.HEAD, self.rows, caption="Database calls, in order", code=(0, 1, 2))

    def alternative(self) -> str:
        """Return what the picture shows in words."""
        if not self.rows:
            return "No database call of that function since the server started."
        return " ".join(f"{call} in the {thread} thread: {outcome}." for _, _, call, thread, _, outcome in self.rows)

    def svg(self) -> str:
        """Return a picture of two lanes, one per thread, with each call in the lane it ran in."""
        height = TOP + ROW * len(self.rows) + 6
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"',
            ' font-family="sans-serif" font-size="13">',
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            f'<line x1="{LANE}" y1="6" x2="{LANE}" y2="{height - 6}" stroke="#55636f" stroke-dasharray="6 4"/>',
        ]
        for lane, title in enumerate(("event loop thread (a loop is running)", "worker thread (no loop)")):
            parts.append(f'<text x="{lane * LANE + 12}" y="24" font-weight="bold" fill="#1c2733">{title}</text>')
        for number, row in enumerate(self.rows):
            parts.append(_box(number, row))
        return "".join([*parts, "</svg>"])


def _box(number: int, row: tuple[str, ...]) -> str:
    _method, _line, call, thread, _loop, outcome = row
    colour, sign = ("#1c7a3d", "✓") if outcome == "ok" else ("#b3261e", "✗")
    x, y = LANES.index(thread) * LANE + 12, TOP + ROW * number
    label = call if len(call) <= 48 else call[:47] + "…"
    return (
        f'<rect x="{x}" y="{y}" width="{LANE - 24}" height="{ROW - 6}" rx="5" fill="none" stroke="{colour}"/>'
        f'<text x="{x + 8}" y="{y + 17}" font-family="monospace" font-size="12" fill="#1c2733">{escape(label)}</text>'
        f'<text x="{x + 8}" y="{y + 33}" font-size="12" fill="{colour}">{sign} {escape(outcome)}</text>'
    )
