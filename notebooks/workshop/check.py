"""Is an exercise solved? Judged by what the program does, so that every right solution passes."""

from collections.abc import Awaitable, Callable
from typing import Any

from .bug import Exercise
from .errors import ServerDidNotStart
from .failure import Failure
from .site import Site


async def check_exercise(
    serve: Callable[[], Awaitable[Site]], use: Callable[[Site], Awaitable[Any]], exercise: Exercise
) -> str:
    """Run LinkUp, use it, and return a verdict that starts with "Solved" or "Not yet"."""
    try:
        site = await serve()
    except ServerDidNotStart as error:
        return f"Not yet: the server does not start. {error}"
    async with site:
        seen = await use(site)
        failure = await site.failure()
        on_loop = [event for event in site.events("call") if event["loop"]]
    if failure:
        return f"Not yet: {failure.summary()}{_places(failure, exercise)}"
    if on_loop:
        where = on_loop[0]["where"]
        return (
            f"Not yet: no error, but {where['file']}:{where['line']} asks the database on the event loop thread, "
            "where every other socket waits for it. Is the guard switched off?"
        )
    if seen != exercise.solved:
        return f"Not yet: no error, but what came out is wrong.\n  it is:      {seen}\n  should be:  {exercise.solved}"
    return "Solved: the clients see what they should, the log is clean, and no query ran on the event loop thread."


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
