"""Is an exercise solved? Judged by what the program does, so that every right solution passes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from .bug import Exercise
from .errors import ServerDidNotStart
from .failure import Failure
from .site import Site

STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE")  # and none that begins or ends a transaction


@dataclass(frozen=True)
class Verdict:
    """What the check says, from "Solved" or "Not yet" on, and what it has seen."""

    text: str
    seen: Any = None
    failure: Failure | None = None


async def check_exercise(
    serve: Callable[[], Awaitable[Site]], use: Callable[[Site], Awaitable[Any]], exercise: Exercise
) -> Verdict:
    """Run LinkUp, use it, and say whether the exercise is solved."""
    try:
        site = await serve()
    except ServerDidNotStart as error:
        return Verdict(f"Not yet: the server does not start. {error}")
    async with site:
        seen = await use(site)
        failure = await site.failure()
        events = site.events("call", "hop")
    return Verdict(_judge(exercise, seen, failure, events), seen, failure)


def _judge(exercise: Exercise, seen: Any, failure: Failure | None, events: list[dict[str, Any]]) -> str:
    if failure:
        return f"Not yet: {failure.summary()}{_places(failure, exercise)}"
    if on_loop := [event for event in events if event["event"] == "call" and event["loop"]]:
        where = on_loop[0]["where"]
        return (
            f"Not yet: no error, but {where['file']}:{where['line']} asks the database on the event loop thread, "
            "where every other socket waits for it. Is the guard switched off?"
        )
    if seen != exercise.solved:
        return f"Not yet: no error, but what came out is wrong.\n  it is:      {seen}\n  should be:  {exercise.solved}"
    return _too_much(exercise, events) or (
        "Solved: the clients see what they should, the log is clean, and no query ran on the event loop thread."
    )


def _too_much(exercise: Exercise, events: list[dict[str, Any]]) -> str | None:
    own = [event for event in events if exercise.function in event["functions"]]
    queries = [event for event in own if event["event"] == "call" and str(event["sql"]).startswith(STATEMENTS)]
    hops = [event for event in own if event["event"] == "hop"]
    for most, found, what in [
        (exercise.max_queries, queries, "asks the database"),
        (exercise.max_hops, hops, "goes to another thread"),
    ]:
        if most is not None and len(found) > most:
            return f"Not yet: no error, but {exercise.function} {what} {len(found)} times, where {most} would do."
    return None


def _places(failure: Failure, exercise: Exercise) -> str:
    line, wrap = failure.line, failure.wrap
    if not line:
        return ""
    awaited = f", called from {wrap['file']}:{wrap['line']} ({wrap['source']})" if wrap and wrap != line else ""
    elsewhere = ""
    places = [(exercise.file, exercise.function)]
    if exercise.error:
        places.append((exercise.error.file, exercise.error.function))
    if line["file"] not in [file for file, _function in places]:
        elsewhere = f"\nThis is not the place of the exercise, {exercise.function} in {exercise.file}."
    elif line["function"] not in [function for _file, function in places]:
        elsewhere = f"\nThis is not {exercise.function}: has an editor tab saved an older text of the file?"
    return f" ({line['source']}){awaited}{elsewhere}"
