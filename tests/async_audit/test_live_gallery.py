"""Each program of the gallery, watched while it runs: what fails is found where it fails, and nothing else is."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock

from outcomes import ON_SQLITE
from workshop import runner

SERVER = Path(__file__).with_name("watched_gallery.py")
FAILING = [program for program in ON_SQLITE if program.kind in ("broken", "partial")]
FIXED = [program for program in ON_SQLITE if program.kind == "fixed"]


@cache
def watched():
    """Return the outcome of each program, and what was found, by its key; all are run once for all workers."""
    stored = Path(os.environ["WORKSHOP_TEST_SEEDS"], "watched_gallery.json")
    with FileLock(f"{stored}.lock"):
        if not stored.exists():
            stored.write_text(json.dumps(run_all(FAILING + FIXED)))
    return {tuple(key): told for key, *told in json.loads(stored.read_text())}


def run_all(programs):
    cores = os.cpu_count() or 1
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(cores) as pool:
        patch.setattr(runner, "SERVER", SERVER)
        parts = pool.map(lambda n: run_some(programs[n::cores]), range(cores))
        return [each for part in parts for each in part]


def run_some(programs):
    process = runner.Runner()
    try:
        return [(program.key, *run_one(process, program)) for program in programs]
    finally:
        process.stop()


def run_one(process, program):
    events = process.run_now(file=program.path, name=program.name, runner=program.runner, way="run")
    told = {event["event"]: event for event in events}
    return told["ended"], told["watched"]["findings"]


def lines_of(program):
    """Return the lines that findings name, of the repair and on the way down."""
    return {(step["path"], step["line"]) for finding in watched()[program.key][1] for step in finding["chain"]}


@pytest.mark.parametrize("program", FAILING, ids=str)
def test_what_fails_is_found(program):
    """In its file; a coroutine that a library drops may raise another error, which everybody sees."""
    outcome, findings = watched()[program.key]
    if outcome["soo"]:
        assert program.path in {path for path, _line in lines_of(program)}
    if outcome["never_awaited"] and not outcome["error"]:
        assert "DAS007" in {finding["code"] for finding in findings}


@pytest.mark.parametrize("program", FIXED, ids=str)
def test_what_is_fixed_is_not_accused(program):
    assert watched()[program.key][1] == []


def test_it_is_found_in_the_line_that_the_traceback_names():
    """But for a plain function that a package calls on the loop, which is what there is to repair."""
    placed = [program for program in FAILING if (told := watched()[program.key][0])["soo"] and told["place"]]
    elsewhere = {
        str(program) for program in placed if tuple(watched()[program.key][0]["place"]) not in lines_of(program)
    }
    assert len(placed) > len(FAILING) / 2
    assert elsewhere == {"query_in_an_address-broken_converter", "sync_resolver-broken_sync_connect"}
