"""Is an exercise solved? Judged by what the program does, so that every right solution passes."""

from collections.abc import Awaitable, Callable
from typing import Any

from .errors import ServerDidNotStart
from .failure import Failure
from .site import Site


async def check_exercise(
    serve: Callable[[], Awaitable[Site]], use: Callable[[Site], Awaitable[Any]], solved: Any
) -> str:
    """Run LinkUp, use it, and return one line that starts with "Solved" or "Not yet"."""
    try:
        site = await serve()
    except ServerDidNotStart as error:
        return f"Not yet: the server does not start. {error}"
    async with site:
        seen = await use(site)
        failure = await site.failure()
        on_loop = [event for event in site.events("call") if event["loop"]]
    if failure:
        return f"Not yet: {failure.summary()}{_places(failure)}"
    if on_loop:
        where = on_loop[0]["where"]
        return (
            f"Not yet: no error, but {where['file']}:{where['line']} asks the database on the event loop thread, "
            "where every other socket waits for it. Is the guard switched off?"
        )
    if seen != solved:
        return f"Not yet: the log is clean, but the clients saw {seen} and not {solved}"
    return "Solved: the clients see what they should, the log is clean, and no query ran on the event loop thread."


def _places(failure: Failure) -> str:
    line, wrap = failure.line, failure.wrap
    if not line:
        return ""
    awaited = f", called from {wrap['file']}:{wrap['line']} ({wrap['source']})" if wrap and wrap != line else ""
    return f" ({line['source']}){awaited}"
