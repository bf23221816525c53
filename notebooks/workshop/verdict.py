"""What a check says: one or two sentences on what a user of LinkUp would notice, not on what the code should be."""

from collections.abc import Callable
from typing import Any

from .bug import Exercise
from .calls import left_open
from .failure import Failure

Events = list[dict[str, Any]]
STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE")  # and none that begins or ends a transaction
SOLVED = "Solved: the clients see what they should, the log is clean, and no query ran on the event loop thread."


def judge(exercise: Exercise, seen: Any, wrong: str, failure: Failure | None, events: Events) -> str:
    """Return the verdict: the first thing that is wrong, the one that explains the others first."""
    if failure:
        return f"Not yet: {failure.summary()}{_places(failure, exercise)}"
    looks: list[Callable[[Exercise, Events], str | None]] = [_on_loop, _stalled, _late, _split, _left_open]
    for look in looks:
        if found := look(exercise, events):
            return f"Not yet: {found}"
    if wrong:
        return f"Not yet: {wrong}"
    if seen != exercise.solved:
        return f"Not yet: no error, but what came out is wrong.\n  it is:      {seen}\n  should be:  {exercise.solved}"
    if found := _too_much(exercise, events):
        return f"Not yet: {found}"
    return SOLVED


def _on_loop(exercise: Exercise, events: Events) -> str | None:
    for event in events:
        if event["event"] == "call" and event["loop"]:
            place = f"{event['where']['file']}:{event['where']['line']}"
            return (
                f"no error, but {place} asks the database on the event loop thread, "
                "where every other socket waits for it. Is the guard switched off?"
            )
    return None


def _stalled(exercise: Exercise, events: Events) -> str | None:
    for event in events:
        if event["event"] == "stall":
            where = event["where"]
            place = f" at {where['file']}:{where['line']} ({where['source']})" if where else ""
            return (
                f"no error, but while {exercise.function} waits for {event['waits']}{place}, nobody else is served: "
                "the event loop stands still, and no other chat gets an answer, not even to a ping."
            )
    return None


def _late(exercise: Exercise, events: Events) -> str | None:
    if any(event["event"] == "late" for event in events):
        return (
            f"no error, but whoever awaits {exercise.function} goes on before its work in the database is done. "
            "Users are told what is not stored yet, and if the server ends in that moment, it never will be."
        )
    return None


def _split(exercise: Exercise, events: Events) -> str | None:
    if any(event["event"] == "split" for event in events):
        return (
            f"no error, but {exercise.function} lets go of the database thread while its transaction is open. All "
            "chats share that thread: what somebody else sends now becomes part of it, and is lost if it fails."
        )
    return None


def _left_open(exercise: Exercise, events: Events) -> str | None:
    left = left_open(events)
    if not left:
        return None
    return (
        f"no error, but {exercise.function} leaves a database connection open in each new thread it runs in: "
        f"{left} by now. In a busy hour the database "
        "refuses all further ones, and with them logins, pages and messages."
    )


def _too_much(exercise: Exercise, events: Events) -> str | None:
    own = [event for event in events if exercise.function in event.get("functions", [])]
    queries = [event for event in own if event["event"] == "call" and str(event["sql"]).startswith(STATEMENTS)]
    hops = [event for event in own if event["event"] == "hop"]
    for most, found, what in [
        (exercise.max_queries, queries, "asks the database"),
        (exercise.max_hops, hops, "goes to another thread"),
    ]:
        if most is not None and len(found) > most:
            return f"no error, but {exercise.function} {what} {len(found)} times, where {most} would do."
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
