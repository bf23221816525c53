"""What the interpreter says of each program of the gallery; all are run once in a run of the tests, for all workers."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from filelock import FileLock

from workshop.calls import left_open
from workshop.gallery import programs
from workshop.runner import Runner, postgresql

RUN = [program for program in programs() if program.is_run]
ON_SQLITE = [program for program in RUN if program.database == "sqlite"]


@cache
def outcomes():
    """Return outcomes by name of the file, name of the program, and way: "run" or "control"."""
    stored = Path(os.environ["WORKSHOP_TEST_SEEDS"], "gallery.json")
    with FileLock(f"{stored}.lock"):
        if not stored.exists():
            stored.write_text(json.dumps(run_all(RUN)))
    return {tuple(key): outcome for key, outcome in json.loads(stored.read_text())}


def run_all(some, database_url=""):
    """Run programs, and the controls of those that are broken, on every core."""
    ways = [(program, way) for program in some for way in ("run", "control")[: 1 + (program.kind == "broken")]]
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        parts = pool.map(lambda n: run_some(ways[n::cores], database_url), range(cores))
        return [each for part in parts for each in part]


def run_some(ways, database_url):
    """Run programs one after the other, in forks of one process."""
    runner = Runner(database_url)
    try:
        return [((*program.key, way), run_one(runner, program, way)) for program, way in ways]
    finally:
        runner.stop()


def run_one(runner, program, way):
    """Return the outcome of a program, with what it has asked for."""
    wanted = {"file": program.path, "name": program.name, "runner": program.runner, "way": way, "rows": True}
    events = runner.run_now(**wanted)
    outcome = next((event for event in events if event["event"] in ("ended", "overdue")), {"event": "gone"})
    outcome.pop("failure", None)
    names = [event["event"] for event in events]
    events = events[: names.index("measured") if "measured" in names else None]
    outcome["queries"] = sum(bool(event["event"] == "call" and event["sql"]) for event in events)
    outcome["hops"] = sum(event["event"] == "hop" for event in events)
    outcome["blocks"] = sum(event["event"] == "stall" for event in events)
    outcome["connections"] = left_open(events)
    return outcome


@cache
def on_postgresql():
    """Return the same for the programs whose harm SQLite hides, and for those of the guards, from a PostgreSQL."""
    some = [program for program in RUN if program.database == "postgresql" or program.path == "guarded_function.py"]
    return dict(run_all(some, postgresql()))
