"""Every shape of the error, in programs that are broken or fixed: the interpreter says which, and the audit agrees.

A fixed program is silent. In a broken one, the audit names the line that the interpreter does: the deepest in an
`async def`. Where no SynchronousOnlyOperation tells it, or that line only calls what is wrong, `# expect: DAS007` does.
"""

import pytest

from async_audit.static import audit
from outcomes import ON_SQLITE, outcomes
from workshop.gallery import GALLERY, programs

CODES = {f"DAS{number:03}" for number in range(1, 22)}
# A class or function is wrong as it stands, and fails where Django or the loop calls it.
FAILS_ELSEWHERE = {"DAS010", "DAS011", "DAS019"}
# A coroutine that nobody awaits fails later, if at all.
ON_ANOTHER_LINE = {*FAILS_ELSEWHERE, "DAS007"}

PROGRAMS = programs()
# A shape that the checker has no code for is not its business; tests/test_gallery.py holds it to its name.
ITS_OWN = [program for program in ON_SQLITE if program.codes]
BROKEN = [program for program in PROGRAMS if program.kind in ("broken", "partial")]
FIXED = [program for program in PROGRAMS if program.kind == "fixed"]
TRAPS = [program for program in PROGRAMS if program.kind == "trap"]
# A class is called by a program of its own, unless it is only read.
CHECKED = [program for program in BROKEN if program in ITS_OWN or program.expected]


@pytest.fixture(scope="module", name="outcomes")
def outcomes_of_runs():
    """What the interpreter says of each program that can be run."""
    return {(file, name): outcome for (file, name, way), outcome in outcomes().items() if way == "run"}


@pytest.fixture(scope="module")
def report():
    """What the audit says of all of them."""
    return audit(GALLERY, tests=True)


def test_every_code_has_a_program():
    assert {code for program in BROKEN for code in program.codes} == CODES


def test_every_program_was_run(outcomes):
    assert set(outcomes) == {program.key for program in PROGRAMS if program.is_run}
    assert {outcome["event"] for outcome in outcomes.values()} == {"ended"}


@pytest.mark.parametrize("program", [program for program in ITS_OWN if program in FIXED], ids=str)
def test_a_fixed_program_runs(program, outcomes):
    outcome = outcomes[program.key]
    assert (outcome["error"], outcome["message"], outcome["never_awaited"]) == (None, "", False)


@pytest.mark.parametrize("program", [program for program in ITS_OWN if program in BROKEN], ids=str)
def test_a_broken_program_fails(program, outcomes):
    outcome = outcomes[program.key]
    assert outcome["error"] or outcome["never_awaited"]
    if program.expected is None:
        assert outcome["soo"], outcome
        assert any(each.holds(*outcome["place"]) for each in BROKEN)
    else:
        assert not outcome["soo"] or program.codes & FAILS_ELSEWHERE, "the interpreter names the line"
        assert outcome["place"] in (None, [program.path, program.expected]) or program.codes & ON_ANOTHER_LINE


def place_of(program, outcomes):
    """Return path and line of what is wrong in a broken program."""
    return (program.path, program.expected) if program.expected else tuple(outcomes[program.key]["place"])


@pytest.mark.parametrize("program", CHECKED, ids=str)
def test_the_audit_finds_a_broken_program(program, outcomes, report):
    place = place_of(program, outcomes)
    near = [finding for finding in report.findings if program.holds(finding.path, finding.line)]
    assert {finding.code for finding in report.findings if (finding.path, finding.line) == place} & program.codes, near


def shown(report):
    """Return the findings that are no guesses."""
    return [finding for finding in report.findings if finding.tier < 3]


@pytest.mark.parametrize("program", FIXED, ids=str)
def test_the_audit_is_silent_on_a_fixed_program(program, report):
    assert not [finding for finding in shown(report) if program.holds(finding.path, finding.line)]


@pytest.mark.parametrize("program", TRAPS, ids=str)
def test_the_audit_of_a_trap_names_its_own_shape(program, report):
    """Or nothing: it passes, and what it costs is not the checker's to say."""
    found = {finding.code for finding in shown(report) if program.holds(finding.path, finding.line)}
    assert found <= program.codes


def test_the_audit_names_no_other_line(outcomes, report):
    """Neither in a broken program, beside the line that is wrong or fails, nor in what the programs share."""
    wrong = {place_of(program, outcomes) for program in CHECKED}
    wrong |= {tuple(outcome["place"]) for outcome in outcomes.values() if outcome["place"]}
    others = {(finding.path, finding.line) for finding in shown(report)} - wrong
    assert not [place for place in sorted(others) if not any(program.holds(*place) for program in FIXED + TRAPS)]


def test_the_audit_reads_every_file(report):
    assert report.unparsed == []
    assert report.files == len(list(GALLERY.rglob("*.py")))
