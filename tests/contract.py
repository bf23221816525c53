"""What a bug does in a running LinkUp, and what is declared of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop.failure import Failure
from workshop.show import Shown

# The broken program of a bug, run once a process: several tests look at the same run.
RUNS: dict[tuple[str, str], "Run"] = {}

CHECKED: set[str] = set()


@dataclass(frozen=True)
class Run:
    """What a client saw, the first error, the log, the database calls on the loop; and where the program stood."""

    root: Path
    seen: Any
    failure: Failure | None
    log: str
    on_loop: list[dict[str, Any]]


async def run(lab, action, **environ):
    """Run the program as it is now, and use it."""
    async with await lab.serve(**environ) as site:
        seen = await lab.bugs[0].action(action)(site)
        seen = seen.text() if isinstance(seen, Shown) else seen
        failure = await site.failure()
        on_loop = [event for event in site.events("call") if event["loop"]]
        return Run(lab.root, seen, failure, site.log, on_loop)


async def broken_run(lab):
    """Return the run of `reproduce` in the broken program, after a look at each fault that the bug declares."""
    [bug] = lab.bugs
    if bug.patch.read_text() not in CHECKED:
        assert await lab.run("manage.py", "check") == 0, "what is broken is a program that Django takes for sound"
        CHECKED.add(bug.patch.read_text())
    seen = {"reproduce": bug.broken} | {fault.action: fault.broken for fault in bug.faults}
    for action, error in bug.errors:
        key = bug.patch.read_text(), action
        if key not in RUNS:
            RUNS[key] = await run(lab, action)
        assert_fails_as(error, RUNS[key].failure)
        assert RUNS[key].seen == seen[action]
    return RUNS[bug.patch.read_text(), "reproduce"]


def assert_fails_as(declared, failure):
    """Compare an error with what bug.toml says of it: the line that failed, and the line to repair."""
    assert failure is not None, "the server logged no error: the bug is gone"
    assert (failure.name, failure.message) == (declared.exception, declared.message)
    assert (failure.line["file"], failure.line["function"]) == (declared.file, declared.function)
    assert failure.line["source"] == declared.line
    called_by = failure.called_by["function"] if failure.called_by else ""
    assert called_by == declared.called_by, "error.called_by"
    if declared.exception == "SynchronousOnlyOperation" and not called_by:
        place = declared.to_repair
        assert (failure.wrap["file"], failure.wrap["function"]) == (place.file, place.function), "error.repair"
        assert failure.wrap["source"] == place.line, "error.repair"
