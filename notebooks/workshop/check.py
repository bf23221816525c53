"""Is an exercise solved? Judged by what the program does, so that every right solution passes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from websockets.exceptions import ConnectionClosed

from .bug import Exercise
from .errors import ServerDidNotStart, WorkshopError
from .failure import Failure
from .site import Site
from .verdict import judge

LIMIT = 40.0  # seconds for one use of LinkUp, which takes one or two; those who wait in it for 15 have given up by then
NO_ANSWER = f"no error, but after {LIMIT:.0f} seconds LinkUp has still not answered."


@dataclass(frozen=True)
class Verdict:
    """What the check says, from "Solved" or "Not yet" on, and what it has seen."""

    text: str
    seen: Any = None
    failure: Failure | None = None


async def check_exercise(
    serve: Callable[..., Awaitable[Site]],
    use: Callable[[Site], Awaitable[Any]],
    exercise: Exercise,
    migrations: Callable[[], Awaitable[str | None]],
) -> Verdict:
    """Run LinkUp, use it, and say whether the exercise is solved; `migrations` says what is wrong with them."""
    try:
        site = await serve(WORKSHOP_WATCHES=f"{exercise.file}:{exercise.function}")
    except ServerDidNotStart as error:
        return Verdict(f"Not yet: the server does not start. {error}")
    async with site:
        seen, wrong = await _use(site, use)
        if site.events("stall") or wrong == NO_ANSWER:  # nobody is served, so nothing would become quiet
            return Verdict(judge(exercise, seen, wrong, None, site.since(0)))
        failure = await site.failure()
        events = site.since(0)
    verdict = judge(exercise, seen, wrong, failure, events)
    if verdict.startswith("Solved") and (differs := await migrations()):
        verdict = f"Not yet: {differs}"
    return Verdict(verdict, seen, failure)


async def _use(site: Site, use: Callable[[Site], Awaitable[Any]]) -> tuple[Any, str]:
    """Return what the use of LinkUp gives, and what is wrong where it does not come to an end."""
    used = asyncio.ensure_future(use(site))
    stalled = asyncio.create_task(site.wait_for("stall"))
    try:
        await asyncio.wait([used, stalled], timeout=LIMIT, return_when=asyncio.FIRST_COMPLETED)
        if not used.done():
            return None, NO_ANSWER
        return used.result(), ""
    except AssertionError as error:  # reproduce.py says in its own words what a user would notice
        return None, str(error)
    except ConnectionClosed as error:
        code = error.rcvd.code if error.rcvd else "none"
        return None, f"LinkUp has closed a chat that should stay open, with code {code}."
    except WorkshopError as error:
        return None, str(error)
    finally:
        if not used.done():
            await site.stop()  # else its sockets would wait for a good-bye
        used.cancel()
        stalled.cancel()
        await asyncio.gather(used, stalled, return_exceptions=True)
