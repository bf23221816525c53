"""Every shape of the error, in programs that are broken or fixed: the interpreter says which, and the audit agrees.

A fixed program is silent. In a broken one, the audit names the line that the interpreter does: the deepest in an
`async def`. Where no SynchronousOnlyOperation tells it, or that line only calls what is wrong, `# expect: DAS007` does.
"""

import ast
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from async_audit.static import audit

HERE = Path(__file__).parent
SHAPES = HERE / "shapes"
CODES = {f"DAS{number:03}" for number in range(1, 22)}
EXPECT = re.compile(r"# expect: (DAS\d{3})$")
# A class or function is wrong as it stands, and fails where Django or the loop calls it.
FAILS_ELSEWHERE = {"DAS010", "DAS011", "DAS019"}
# A coroutine that nobody awaits fails later, if at all.
ON_ANOTHER_LINE = {*FAILS_ELSEWHERE, "DAS007"}


@dataclass(frozen=True)
class Program:
    """A function or class named broken… or fixed…, and what it says of itself."""

    path: str
    name: str
    lines: range
    codes: frozenset[str]
    expected: int | None

    @property
    def is_broken(self):
        return self.name.lower().startswith("broken")

    @property
    def is_run(self):
        return "/" not in self.path and self.name.islower()

    @property
    def key(self):
        return Path(self.path).stem, self.name

    @property
    def pair(self):
        return self.path, re.sub("(?i)^(broken|fixed)", "", self.name)

    def holds(self, path, line):
        return path == self.path and line in self.lines

    def __str__(self):
        return "-".join(self.key)


def read_programs(file):
    """Return the programs of a file; what stands nested in one belongs to it."""
    text = file.read_text().splitlines()
    for node in ast.parse(file.read_bytes()).body:
        if getattr(node, "name", "").lower().startswith(("broken", "fixed")):
            lines = range(min([node.lineno, *(call.lineno for call in node.decorator_list)]), node.end_lineno + 1)
            expected = [(line, found[1]) for line in lines if (found := EXPECT.search(text[line - 1]))]
            assert len(expected) < 2, node.name
            yield Program(
                path=file.relative_to(SHAPES).as_posix(),
                name=node.name,
                lines=lines,
                codes=named_by_decorator(node) or frozenset(code for _line, code in expected) or code_of(file),
                expected=expected[0][0] if expected else None,
            )


def named_by_decorator(node):
    """Return the codes in `@shape("DAS001", …)`, if there is one."""
    calls = [call for call in node.decorator_list if isinstance(call, ast.Call) and ast.unparse(call.func) == "shape"]
    return frozenset(ast.literal_eval(code) for call in calls for code in call.args)


def code_of(file):
    return frozenset([file.name[:6].upper()])


PROGRAMS = [program for file in sorted(SHAPES.rglob("das*.py")) for program in read_programs(file)]
BROKEN = [program for program in PROGRAMS if program.is_broken]
FIXED = [program for program in PROGRAMS if not program.is_broken]
# A class is called by a program of its own, unless it is only read.
CHECKED = [program for program in BROKEN if program.is_run or program.expected]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What the interpreter says of each program that can be run."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    command = [sys.executable, HERE / "run_shapes.py", tmp_path_factory.mktemp("shapes")]
    output = subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, text=True, timeout=200).stdout
    outcomes = [json.loads(line) for line in output.splitlines()]
    return {(outcome["module"], outcome["name"]): outcome for outcome in outcomes}


@pytest.fixture(scope="module")
def report():
    """What the audit says of all of them."""
    return audit(SHAPES, tests=True)


def test_programs_come_in_pairs():
    assert {program.pair for program in BROKEN} == {program.pair for program in FIXED}
    assert len(PROGRAMS) == 2 * len(BROKEN) == len({(program.path, program.name) for program in PROGRAMS})


def test_every_code_has_a_program():
    assert {code for program in BROKEN for code in program.codes} == CODES


def test_every_program_was_run(outcomes):
    assert set(outcomes) == {program.key for program in PROGRAMS if program.is_run}


@pytest.mark.parametrize("program", [program for program in FIXED if program.is_run], ids=str)
def test_a_fixed_program_runs(program, outcomes):
    outcome = outcomes[program.key]
    assert (outcome["error"], outcome["message"], outcome["never_awaited"]) == (None, "", False)


@pytest.mark.parametrize("program", [program for program in BROKEN if program.is_run], ids=str)
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


def test_the_audit_names_no_other_line(outcomes, report):
    """Neither in a broken program, beside the line that is wrong or fails, nor in what the programs share."""
    wrong = {place_of(program, outcomes) for program in CHECKED}
    wrong |= {tuple(outcome["place"]) for outcome in outcomes.values() if outcome["place"]}
    others = {(finding.path, finding.line) for finding in shown(report)} - wrong
    assert not [place for place in sorted(others) if not any(program.holds(*place) for program in FIXED)]


def test_the_audit_reads_every_file(report):
    assert report.unparsed == []
    assert report.files == len(list(SHAPES.rglob("*.py")))
