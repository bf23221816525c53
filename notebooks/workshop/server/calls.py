"""Reports every database call of the program: where it stands, in which thread it ran, whether a loop ran there.

Part of the server process; the program itself is not touched.
"""

import itertools
import sys
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from hops import TURNS, current_hop, places_of
from threads import place_of_thread

# LinkUp's ASGI middleware: in Django 6.1, a view has it among its callers.
AROUND = ("guarded", "closed_afterwards", "in_its_thread")
# They run all the others.
PLUMBING = ("__call__", "dispatch", *AROUND)
NUMBERS = itertools.count()


def report_calls(report: Callable[..., None]) -> None:
    """Watch all connections from now on."""

    def begin() -> Callable[..., None]:
        """Return what reports the end of the call that the caller's caller makes."""
        about = describe(sys._getframe(2))
        number = next(NUMBERS)
        if about:  # else a framework's own query: session, user
            report("asked", call=number)

        def end(outcome: str, sql: str | None = None) -> None:
            if about:
                report("call", call=number, outcome=outcome, sql=sql, **about)

        return end

    def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return function(self, *args, **kwargs)
            except Exception as error:
                begin()(type(error).__name__)
                raise

        return watched

    def execute(send: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        writes = not sql.startswith("SELECT")
        end = begin()
        if writes:
            report("write", state="sent")
        try:
            result = send(sql, params, many, context)
        except Exception as error:
            end(type(error).__name__, sql)
            raise
        finally:
            if writes:
                report("write", state="done")
        end("ok", sql)
        return result

    def watch(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
        if execute not in connection.execute_wrappers:
            connection.execute_wrappers.append(execute)

    # One guarded function calls the next (cursor, ensure_connection, connect), so these two entrances are enough.
    for name in ("cursor", "ensure_connection"):
        setattr(BaseDatabaseWrapper, name, guarded(getattr(BaseDatabaseWrapper, name)))
    connection_created.connect(watch, weak=False)


def describe(frame: Any) -> dict[str, Any] | None:
    """Return place, handler and thread of a call, or None when no function of the program is among its callers."""
    hop = current_hop()
    places = [*places_of(frame), *hop.places]
    if not places:
        return None
    # The outermost function that says what is done: a method of the consumer, or a view.
    thread = place_of_thread()
    named = [place for place in places if place["function"] not in PLUMBING] or places
    methods = [place for place in named if place["consumer"]]
    asked = any(place["function"] not in AROUND for place in hop.places)
    return {
        "where": places[0],
        "functions": [place["function"] for place in places],
        "method": (methods or named)[-1]["function"],
        "hop": hop.number,
        # Who waits for a hop that the program has not asked for itself.
        "framework": "" if asked else "Channels" if methods else "Django",
        "turn": TURNS.now() if thread["loop"] else None,
        **thread,
    }
