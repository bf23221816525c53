"""The timeline: what overlapped, in which thread. The order is that of the run; there are no times in it."""

import asyncio
from itertools import groupby
from typing import TYPE_CHECKING, Any

from .calls import LOOP, WAITS, names_of, outcome_of
from .picture import BAD, GOOD, MARK, WAIT
from .show import Shown
from .spans import Span, columns, drawn, listed

if TYPE_CHECKING:
    from .site import Site


class Timeline(Shown):
    """Records while its block runs.

    async with site.timeline("set_user_online_status") as line: …

    What began in the block is shown to its end; what began after the last mark is left out.
    """

    def __init__(self, site: "Site", functions: tuple[str, ...]) -> None:
        """Take the program's functions whose database calls and hops are shown; all of them when none is named."""
        self._site = site
        self._functions = functions
        self._first = 0
        self.spans: list[Span] = []

    async def __aenter__(self) -> "Timeline":
        self._first = self._site.position()
        return self

    async def __aexit__(self, kind: object, *error: object) -> None:
        if kind is None:
            await self._site.until(lambda: not unfinished(self._events()))
            self.spans = columns(spans_of(self._events(), self._functions))

    def mark(self, who: str, what: str, good: bool | None = None) -> None:
        """Put what a client does or sees at this place of the order: line.mark("Ben", "pings")."""
        self._site.note("mark", who=who, what=what, good=good)

    async def ping(self, who: str, socket: Any, seconds: float = 3) -> bool:
        """Ping over a WebSocket, mark it, and tell whether an answer came in time: await line.ping("Ben", ben)."""
        self.mark(who, "pings")
        answered, _ = await asyncio.wait([await socket.ping()], timeout=seconds)
        self.mark(who, "answered" if answered else "no answer", good=bool(answered))
        return bool(answered)

    def text(self) -> str:
        """Return a lane a line, with the steps as columns, and the steps as a list."""
        return listed(self.spans)

    def html(self) -> str:
        """Return the picture, with the steps as alternative text, and the text, folded away."""
        return drawn(self.spans)

    def _events(self) -> list[dict[str, Any]]:
        return self._site.since(self._first)


def unfinished(events: list[dict[str, Any]]) -> set[tuple[str, int]]:
    """Return what began up to the last mark and has not ended."""
    begun: set[tuple[str, int]] = set()
    ended: set[tuple[str, int]] = set()
    last = max((n for n, event in enumerate(events) if event["event"] == "mark"), default=len(events))
    for number, event in enumerate(events):
        match event:
            case {"event": "asked", "call": key} if number <= last:
                begun.add(("call", key))
            case {"event": "hop", "hop": key} if number <= last:
                begun.add(("hop", key))
            case {"event": "holdup", "number": key, "state": "begun"} if number <= last:
                begun.add(("holdup", key))
            case {"event": "holdup", "number": key}:
                ended.add(("holdup", key))
            case {"event": "call", "call": key}:
                ended.add(("call", key))
            case {"event": "work", "hop": key, "state": "ended"}:
                ended.add(("hop", key))
    return begun - ended


def spans_of(events: list[dict[str, Any]], functions: tuple[str, ...]) -> list[Span]:
    """Return what the events tell of these functions, placed by the numbers of the events."""
    marks = [n for n, event in enumerate(events) if event["event"] == "mark"]
    last = marks[-1] if marks else len(events)
    on_the_loop = [*loop_spans(events, functions), *holdup_spans(events)]
    found = [*client_spans(events), *on_the_loop, *hop_spans(events, functions)]
    return [span for span in found if span.asked <= last]


def client_spans(events: list[dict[str, Any]]) -> list[Span]:
    """Return the marks. One that is opened and closed again is a stretch: what another process holds."""
    spans = []
    for number, event in enumerate(events):
        if event["event"] != "mark" or event.get("state") == "closed":
            continue
        who, what, good = event["who"], event["what"], event.get("good")
        closed = (n for n, e in enumerate(events) if e.get("state") == "closed" and e["key"] == event.get("key"))
        end = next(closed, number) if event.get("state") == "opened" else number
        ink, sign = (MARK, "") if good is None else (GOOD, "✓ ") if good else (BAD, "✗ ")
        spans.append(Span(who, f"{sign}{what}", ink, number, number, end, is_mark=True))
    return spans


def loop_spans(events: list[dict[str, Any]], functions: tuple[str, ...]) -> list[Span]:
    """Return the database calls on the loop that hold it up; those of one turn are one stretch."""
    begun = {event["call"]: n for n, event in enumerate(events) if event["event"] == "asked"}
    found = [
        (begun[event["call"]], number, event)
        for number, event in enumerate(events)
        if event["event"] == "call" and event["loop"] and is_of(functions, event["functions"])
        if event["call"] in begun
    ]
    marks = [number for number, event in enumerate(events) if event["event"] == "mark"]
    spans = []
    for _turn, same in groupby(found, key=lambda call: call[2]["turn"]):  # the loop is not free in between
        calls = list(same)
        long = (call for call in calls if any(call[0] < mark < call[1] for mark in marks))
        event = next(long, calls[0])[2]
        held_up = WAITS in outcome_of(event)
        outcome = "everybody waits" if event["outcome"] == "ok" else outcome_of(event)
        note = f"{'⚠' if held_up else '✗'} {outcome}"
        begin, ink = calls[0][0], WAIT if held_up else BAD
        spans.append(Span(LOOP, event["where"]["call"], ink, begin, begin, calls[-1][1], note=note))
    return spans


def holdup_spans(events: list[dict[str, Any]]) -> list[Span]:
    """Return what holds up the loop and is no query, whichever function it is in: it sleeps, or waits for a thread."""
    holdups = [(number, event) for number, event in enumerate(events) if event["event"] == "holdup"]
    ends = {event["number"]: number for number, event in holdups if event["state"] == "ended"}
    return [
        Span(LOOP, event["label"], WAIT, number, number, ends[event["number"]], note="⚠ everybody waits")
        for number, event in holdups
        if event["state"] == "begun" and event["number"] in ends
    ]


def hop_spans(events: list[dict[str, Any]], functions: tuple[str, ...]) -> list[Span]:
    """Return each hop's work in its thread, with the place where the loop asked for it."""
    works: dict[tuple[int, str], tuple[int, dict[str, Any]]] = {
        (event["hop"], event["state"]): (n, event) for n, event in enumerate(events) if event["event"] == "work"
    }
    hops = [
        (number, event)
        for number, event in enumerate(events)
        if event["event"] == "hop"
        and is_of(functions, [*event["functions"], event["work"]])
        and (event["hop"], "ended") in works
    ]
    hops.sort(key=lambda hop: (hop[1]["turn"], hop[0]))
    names = names_of([works[event["hop"], "begun"][1] for _number, event in hops])
    turns: dict[int, int] = {}
    return [
        Span(
            names[works[event["hop"], "begun"][1]["number"]],
            event["label"],
            GOOD,
            turns.setdefault(event["turn"], number),
            works[event["hop"], "begun"][0],
            works[event["hop"], "ended"][0],
        )
        for number, event in hops
    ]


def is_of(functions: tuple[str, ...], names: list[str]) -> bool:
    """Tell whether one of the functions is among the names."""
    return not functions or not set(functions).isdisjoint(names)
