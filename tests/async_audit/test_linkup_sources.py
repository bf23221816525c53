"""The audit of LinkUp: silent on what is shipped, and in each bug it names the line that the bug declares."""

import pytest

from async_audit.static import audit
from workshop import Lab
from workshop.bug import Bug, bug_names
from workshop.scratch import PROJECT

SOO = "SynchronousOnlyOperation"
BROKEN = [(name, None) for name in bug_names() if Bug.load(name).error.exception == SOO]
STEPS = [
    (name, step.name)
    for name in bug_names()
    for step in Bug.load(name).steps
    if step.error and step.error.exception == SOO
]
GUARD_OFF = [(name, step.name) for name in bug_names() for step in Bug.load(name).steps if step.kind == "guard off"]


def test_nothing_is_found_in_what_is_shipped():
    report = audit(PROJECT, exclude=["gallery"], tests=True)
    assert (report.findings, report.unparsed) == ([], [])


@pytest.fixture
async def lab(request, scratch):
    name, step = request.param
    lab = Lab(name)
    if step:
        lab.apply(step)
    yield lab
    await lab.close()


@pytest.mark.parametrize("lab", BROKEN + STEPS, indirect=True, ids=str)
def test_the_line_of_the_error_is_found(lab, request):
    [(name, step)] = [request.node.callspec.params["lab"]]
    bug = Bug.load(name)
    declared = bug.step(step) if step else bug
    place = declared.error.to_repair
    lines = (lab.root / place.file).read_text(encoding="utf-8").splitlines()
    found = {
        (finding.path, finding.function.rpartition(".")[2], lines[finding.line - 1].strip())
        for finding in audit(lab.root).findings
        if finding.path == place.file and finding.tier < 3
    }
    # What no look at the source can find says why; once it is found, the reason is out of date.
    assert ((place.file, place.function, place.line) in found) != bool(declared.unseen_in_source)


@pytest.mark.parametrize("lab", GUARD_OFF, indirect=True, ids=str)
def test_the_guard_that_a_step_switches_off_is_found(lab):
    codes = {finding.code for finding in audit(lab.root).findings}
    assert "DAS021" in codes
    assert codes - {"DAS021"}, "and what it masks"


def test_a_step_switches_the_guard_off():
    assert GUARD_OFF
