"""--fix on the gallery: each broken program that it changes passes when it is run, and does what the fixed one does."""

import ast
import shutil

import pytest

from async_audit.command import main
from outcomes import ON_SQLITE, outcomes, run_one
from workshop import runner
from workshop.gallery import GALLERY, pairs, read_programs

TOLD = ("error", "message", "never_awaited", "returned", "printed", "rows")
BROKEN = [program for program in ON_SQLITE if program.kind in ("broken", "partial")]
# What is wrong in it besides is not the checker's to see: nobody awaits its task. What that has stored is a matter of
# luck; it gives what its trap gives.
STAYS_WRONG = "cancelled_or_forgotten-broken_forgotten"
# The gallery's helpers are called by broken and fixed programs alike, so none of them can be decorated.
HELPER = '''\
"""A plain function that asks for an async one."""

from shop.models import Author

CODE = "DAS001"


def first_author():
    author = Author.objects.get(pk=1)
    return author.name, Author.objects.count()


async def broken_helper():
    return first_author()
'''


@pytest.fixture(scope="module")
def repaired(tmp_path_factory):
    """A copy of the gallery with one program more, repaired."""
    folder = shutil.copytree(GALLERY, tmp_path_factory.mktemp("repaired") / "gallery")
    (folder / "helper.py").write_text(HELPER)
    assert main([str(folder), "--tests", "--fix", "--write"]) == 1, "not all can be repaired"
    return folder


@pytest.fixture(scope="module")
def run(repaired):
    """Run a program of the repaired gallery; return what it told."""
    outcomes()  # of the gallery as it stands, before another takes its place
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "GALLERY", repaired)
        running = runner.Runner()
        yield lambda program: told(run_one(running, program, "run"))
        running.stop()


def told(outcome):
    return {name: outcome[name] for name in TOLD}


def definition(program, folder):
    """Return what a program is made of, wherever it stands."""
    tree = ast.parse((folder / program.path).read_bytes())
    return next(ast.dump(node) for node in tree.body if getattr(node, "name", "") == program.name)


def wanted(program):
    """Return what a broken program tells when it is right."""
    if program.differs == "fixed does other work":
        return told(outcomes()[*program.key, "control"])
    return told(outcomes()[*of_its_pair(program, "fixed").key, "run"])


def of_its_pair(program, kind):
    return next(each for each in pairs()[program.pair] if each.kind == kind)


def test_what_was_repaired_does_what_the_fixed_program_does(repaired, run):
    changed = [program for program in BROKEN if definition(program, repaired) != definition(program, GALLERY)]
    changed = [program for program in changed if str(program) != STAYS_WRONG]
    assert len(changed) > 120
    outcome = {str(program): run(program) for program in changed}
    assert outcome == {str(program): wanted(program) for program in changed}


def test_a_task_that_nobody_awaits_stays_one(run):
    [program] = [program for program in BROKEN if str(program) == STAYS_WRONG]
    outcome = run(program)
    assert (outcome["error"], outcome["returned"]) == (None, of_its_pair(program, "trap").costs["gives"])


def test_no_fixed_program_was_changed(repaired):
    fixed = [program for program in ON_SQLITE if program.kind == "fixed"]
    assert [program for program in fixed if definition(program, repaired) != definition(program, GALLERY)] == []


def test_a_helper_is_decorated(repaired, run):
    [program] = read_programs(repaired / "helper.py")
    assert "@sync_to_async\ndef first_author" in (repaired / "helper.py").read_text()
    outcome = run(program)
    assert (outcome["error"], outcome["returned"]) == (None, ["Ann", 2])
