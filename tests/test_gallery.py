"""The contract of the gallery: what a program is called is what it does, and what it declares is measured."""

import json
from collections import Counter

import pytest
from jupyter_client.manager import start_new_kernel

from needs import skip_or_fail
from outcomes import ON_SQLITE, RUN, on_postgresql, outcomes
from workshop import gallery_table
from workshop.gallery import DIFFERS, GALLERY, RUNNERS, pairs, programs
from workshop.runner import postgresql
from workshop.scratch import NOTEBOOKS

NEVER_AWAITED = "never awaited"
TOLD = ("error", "message", "never_awaited", "returned", "printed", "rows")
HIDDEN = [program for program in RUN if program.database == "postgresql"]


def of_kind(*kinds, among=ON_SQLITE):
    some = [program for program in among if program.kind in kinds]
    return pytest.mark.parametrize("program", some, ids=str)


def outcome_of(program, way="run"):
    return outcomes()[*program.key, way]


def fixed_of(program):
    return [each for each in pairs()[program.pair] if each.kind == "fixed"]


def assert_fails(program, outcome):
    """Assert that it fails as it declares: with Django's error, unless its file names another."""
    failed = outcome["error"] or (NEVER_AWAITED if outcome["never_awaited"] else None)
    assert failed == (program.raises or "SynchronousOnlyOperation"), outcome["message"]


def assert_passes(outcome):
    assert (outcome["error"], outcome["message"], outcome["never_awaited"]) == (None, "", False)


def test_every_shape_is_broken_once_and_fixed():
    for pair, some in pairs().items():
        kinds = Counter(program.kind for program in some)
        assert kinds["broken"] == 1, pair
        assert kinds["fixed"] >= 1, pair
    keys = Counter((program.path, program.name) for program in programs())
    assert set(keys.values()) == {1}


def test_what_the_files_say_is_known():
    for program in programs():
        assert program.differs in ("", *DIFFERS), program
        assert program.runner in RUNNERS, program
        assert program.database in ("sqlite", "postgresql"), program
        assert set(program.catalogue) <= set(range(1, 48)), program
        assert bool(program.costs) == (program.kind == "trap"), program


@of_kind("broken", "partial")
def test_a_broken_program_fails_as_declared(program):
    assert_fails(program, outcome_of(program))


@of_kind("fixed", "trap")
def test_a_fixed_program_and_a_trap_pass(program):
    assert_passes(outcome_of(program))


@of_kind("fixed")
def test_all_ways_to_fix_give_the_same(program):
    first = fixed_of(program)[0]
    assert [outcome_of(program)[name] for name in TOLD] == [outcome_of(first)[name] for name in TOLD]


@of_kind("broken")
def test_the_control_gives_what_the_fixed_program_gives(program):
    control, fixed = outcome_of(program, "control"), outcome_of(fixed_of(program)[0])
    same = [control[name] for name in TOLD] == [fixed[name] for name in TOLD]
    if not program.differs:
        assert {name: control[name] for name in TOLD} == {name: fixed[name] for name in TOLD}
        return
    assert not same, f"its file need not say {program.differs!r}"
    failed = bool(control["error"] or control["never_awaited"])
    assert failed == (program.differs != "fixed does other work"), control["message"]
    if program.differs == "needs a loop":
        assert "event loop" in control["message"]


@of_kind("trap")
def test_a_trap_costs_what_it_declares(program):
    measured, fixed = outcome_of(program), outcome_of(fixed_of(program)[0])
    for cost, amount in program.costs.items():
        name = {"gives": "returned", "prints": "printed"}.get(cost, cost)
        assert measured[name] == amount, cost
        if name == cost:
            assert amount > fixed[name], f"{fixed_of(program)[0]} has no less of it"
        else:
            assert amount != fixed[name], f"{fixed_of(program)[0]} gives the same"
    if {"gives", "prints"} & program.costs.keys():
        return
    assert [measured[name] for name in TOLD] == [fixed[name] for name in TOLD], "then its result is what is wrong"


@of_kind("broken", "partial", among=HIDDEN)
def test_sqlite_hides_what_is_wrong(program):
    assert_passes(outcome_of(program))


@of_kind("broken", "partial", "fixed", among=HIDDEN)
def test_postgresql_shows_it(program):
    if not postgresql():
        skip_or_fail("services", "LINKUP_DATABASE_URL names no PostgreSQL")
    outcome = on_postgresql()[*program.key, "run"]
    if program.kind == "fixed":
        assert_passes(outcome)
    else:
        assert_fails(program, outcome)


SET_UP = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
sys.path[:0] = {folders}
from shop_rows import Databases, use
databases = Databases(Path({folder!r}), "")
ThreadPoolExecutor(1).submit(databases.create).result()  # a kernel's own thread has a loop
use(databases.copy())
import {module} as programs
from outcome import plain
"""
CALL = """
try:
    print(json.dumps([None, "", plain({wait} programs.{name}())]))
except Exception as error:
    print(json.dumps([type(error).__name__, str(error), None]))
"""


def printed_by(client, code):
    """Return what a cell prints, once the kernel has run it."""
    printed = []

    def hear(message):
        if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
            printed.append(message["content"]["text"])

    reply = client.execute_interactive(code, output_hook=hear, timeout=60)
    assert reply["content"]["status"] == "ok", reply["content"]
    return "".join(printed)


def test_a_real_kernel_gives_the_same(tmp_path):
    """The gallery's process calls a program of a cell as a kernel does; here are both, side by side."""
    cells = [program for program in ON_SQLITE if program.runner == "cell"]
    assert len(cells) > 5
    [module] = {program.key[0] for program in cells}
    source = (GALLERY / f"{module}.py").read_text()
    folders = [str(GALLERY), str(NOTEBOOKS / "workshop" / "server")]
    manager, client = start_new_kernel(kernel_name="python3", cwd=GALLERY)
    try:
        printed_by(client, SET_UP.format(folders=folders, folder=str(tmp_path), module=module))
        for program in cells:
            wait = "await" if f"async def {program.name}(" in source else ""
            told = json.loads(printed_by(client, CALL.format(wait=wait, name=program.name)))
            assert told == [outcome_of(program)[name] for name in ("error", "message", "returned")], program
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_the_table_is_up_to_date():
    readme = gallery_table.README.read_text(encoding="utf-8")
    assert gallery_table.with_table(readme) == readme, "make notebooks"
    assert len([line for line in readme.splitlines() if line.startswith("| ") and line.count("|") == 8]) == len(
        pairs()
    ) + len({path for path, _about in pairs()})


def test_a_readme_without_a_place_for_the_table():
    with pytest.raises(ValueError, match="of the gallery has no <!-- shapes"):
        gallery_table.with_table("")
