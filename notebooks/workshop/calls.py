"""The boundary table: on which side of the line between event loop and worker thread each database call ran."""

from itertools import accumulate, groupby
from typing import Any

from .picture import BAD, GOOD, PLAIN, WAIT, arrow, box, drawing, height, image, rule, wrapped
from .show import Shown, table

LOOP, WORKER = "event loop", "worker"
OTHERS, TOP, GAP = 124, 54, 6  # pixels
WAITS = ", and everybody waits"


class Calls(Shown):
    """One row per database call, in order; a picture of the threads, and the same as a table."""

    HEAD = ("handler", "line", "call", "thread", "loop?", "outcome")

    def __init__(self, events: list[dict[str, Any]]) -> None:
        """Take "call" events of `workshop.server`; the statements of one call become one row."""
        names = names_of(events)
        rows = [
            (
                (
                    event["method"],
                    f"{event['where']['file'].rpartition('/')[2]}:{event['where']['line']}",
                    event["where"]["call"],
                    names[event["number"]] if event["thread"] == WORKER else LOOP,
                    "yes" if event["loop"] else "no",
                    outcome_of(event),
                ),
                (event["hop"], event["framework"]),
            )
            for event in events
        ]
        kept = [next(same) for _row, same in groupby(rows, key=lambda row: row[0])]
        self.rows = [row for row, _hop in kept]
        self.hops = [hop for _row, hop in kept]

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
        """Return the picture, with its content as alternative text, and the table, folded away."""
        if not self.rows:
            return f"<p>{self.alternative()}</p>"
        folded = table(self.HEAD, self.rows, caption="Database calls, in order", code=(0, 1, 2))
        picture = image(self.svg(), self.alternative())
        return f"{picture}<details><summary>The same as a table, with line numbers</summary>{folded}</details>"

    def alternative(self) -> str:
        """Return what the picture shows in words."""
        if not self.rows:
            return "No database call of that function since the server started."
        return " ".join(f"{call} in the {name} thread: {outcome}." for _, _, call, name, _, outcome in self.rows)

    @property
    def is_held_up(self) -> bool:
        """Whether a call has held up the loop."""
        return any(WAITS in row[5] for row in self.rows)

    def svg(self) -> str:
        """Return a picture of lanes, one per thread, with each call in the lane it ran in, and the hops between."""
        threads = sorted({row[3] for row in self.rows} - {LOOP}) or [WORKER]
        titles = [
            (f"{LOOP} thread", "runs all sockets"),
            *((f"{name} thread", "no loop, own connection") for name in threads),
        ]
        lane_width = max(235, (600 - OTHERS * self.is_held_up) / len(titles))
        widths = [lane_width] * len(titles)
        if self.is_held_up:
            titles.append(("other sockets", "not served"))
            widths.append(OTHERS)
        edges = list(accumulate(widths, initial=0))
        parts = [
            box(x + 4, 4, width - 8, PLAIN, more, title=title)
            for x, width, (title, more) in zip(edges, widths, titles, strict=False)
        ]
        y, before = TOP, None
        for row, (hop, framework) in zip(self.rows, self.hops, strict=True):
            lane = 1 + threads.index(row[3]) if row[3] in threads else 0
            lines = wrapped(row[2], lane_width - 24)
            if lane and (row[0], hop) != before:
                parts += _asks(f"{framework}: await {row[0]}" if framework else f"{row[0]}: await", y, lane_width, lane)
            if WAITS in row[5]:
                parts += _holds_up(y, lane_width, edges[-2])
            parts.append(_call(lane * lane_width + 12, y, lane_width - 24, lines, row[5]))
            before = (row[0], hop)
            y += height(len(lines) + 1) + GAP
        return drawing(edges[-1], y + 2, [*(rule(x, 4, x, y) for x in edges[1:-1]), *parts])


def names_of(events: list[dict[str, Any]]) -> dict[int, str]:
    """Name the worker threads of events by the order in which they are met: worker, or worker A, B, and so on."""
    numbers = list(dict.fromkeys(event["number"] for event in events if event["thread"] == WORKER))
    if len(numbers) == 1:
        return {numbers[0]: WORKER}
    return {number: f"{WORKER} {chr(ord('A') + n)}" for n, number in enumerate(numbers)}


def outcome_of(event: dict[str, Any]) -> str:
    """Return how a call ended, and what it cost: one that got to the database from the loop has held up the loop."""
    return event["outcome"] + (WAITS if event["loop"] and event["sql"] else "")


def left_open(events: list[dict[str, Any]]) -> int:
    """Return how many database connections were opened and not closed, besides that of the thread that all share."""
    changes = [event for event in events if event["event"] == "connection"]
    closed = {event["number"] for event in changes if event["state"] == "closed"}
    return sum(e["state"] == "opened" and not e["shared"] and e["number"] not in closed for e in changes)


def _asks(what: str, y: float, width: float, lane: int) -> list[str]:
    """Return what waits in the loop's lane, and the arrow of its hop."""
    return [
        box(12, y, width - 40, PLAIN, what),
        arrow(width - 28, y + 13, lane * width + 11, y + 13),
    ]


def _holds_up(y: float, width: float, others: float) -> list[str]:
    """Return what a call on the loop means for all others."""
    return [rule(width - 12, y + 13, others + 12, y + 13), box(others + 12, y, OTHERS - 24, WAIT, signed="wait")]


def _call(x: float, y: float, width: float, lines: list[str], outcome: str) -> str:
    ink, sign = (WAIT, "⚠") if WAITS in outcome else (GOOD, "✓") if outcome == "ok" else (BAD, "✗")
    return box(x, y, width, ink, *lines, signed=f"{sign} {outcome}")
