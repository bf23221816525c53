"""The contract of a bug: broken it fails as declared, every step has its outcome, and fixed it is LinkUp again."""

import ast
import filecmp
import re
from contextlib import nullcontext

import nbformat
import pytest

from workshop import Lab, ServerDidNotStart
from workshop.bug import Bug, bug_names
from workshop.scratch import NOTEBOOKS, PROJECT

BUGS = bug_names()
STEPS = [(bug, step.name) for bug in BUGS for step in Bug.load(bug).steps]
COSTS = [(bug, step.name) for bug in BUGS for step in Bug.load(bug).steps if step.outcome == "passes"]
EXERCISES = [(bug, n) for bug in BUGS for n, _ in enumerate(Bug.load(bug).exercises, 1)]


@pytest.fixture
async def lab(request, scratch):
    lab = Lab(request.param)
    yield lab
    await lab.close()


@pytest.fixture
def bug(lab):
    return lab.bugs[0]


async def run(lab, action, **environ):
    """Return what a client saw and what the server logged."""
    async with await lab.serve(**environ) as site:
        seen = await lab.bugs[0].action(action)(site)
        return seen, await site.failure(), site.log


def assert_fails_as(declared, failure):
    assert failure is not None, "the server logged no error: the bug is gone"
    assert (failure.name, failure.message) == (declared.exception, declared.message)
    assert (failure.line["file"], failure.line["function"]) == (declared.file, declared.function)
    assert failure.line["source"] == declared.line


@pytest.mark.parametrize("lab", BUGS, indirect=True)
class TestBug:
    def test_the_patch_changes_something(self, lab):
        assert not lab.is_shipped

    async def test_shipped_passes(self, lab, bug):
        lab.fix()
        seen, failure, _log = await run(lab, "reproduce")
        assert failure is None, failure.full
        assert seen == bug.shipped

    async def test_broken_fails_as_declared(self, lab, bug):
        seen, failure, _log = await run(lab, "reproduce")
        assert_fails_as(bug.error, failure)
        assert seen == bug.broken

    async def test_the_same_work_passes_without_a_loop(self, lab, bug):
        if bug.no_control:
            assert bug.control is None
            return
        seen, failure, _log = await run(lab, "control")
        assert (seen, failure) == (bug.control, None)

    async def test_the_fix_is_the_shipped_program(self, lab):
        (lab.root / "messaging" / "left_behind.py").write_text("")
        assert not lab.is_shipped
        lab.fix()
        assert lab.is_shipped
        assert_same_files(PROJECT, lab.root)

    async def test_a_switched_off_guard_turns_the_contract_red(self, lab, bug):
        _seen, failure, _log = await run(lab, "reproduce")
        assert_fails_as(bug.error, failure)  # else the next lines would prove nothing
        _seen, failure, _log = await run(lab, "reproduce", DJANGO_ALLOW_ASYNC_UNSAFE="true")
        guarded = bug.error.exception == "SynchronousOnlyOperation"
        with pytest.raises(AssertionError) if guarded else nullcontext():
            assert_fails_as(bug.error, failure)

    async def test_the_log_itself_names_the_line(self, lab, bug):
        """What an engineer finds in a log file: the innermost frame of LinkUp in Daphne's own traceback."""
        _seen, _failure, log = await run(lab, "reproduce")
        frames = re.findall(r'File "(.+)", line \d+, in (\S+)\n    (.+)', log)
        own = [(file, function, line) for file, function, line in frames if file.startswith(str(lab.root))]
        assert own[-1] == (str(lab.root / bug.error.file), bug.error.function, bug.error.line)
        assert f"{bug.error.exception}: {bug.error.message}" in log

    def test_the_lesson_shows_the_code_of_reproduce(self, lab, bug):
        """What reproduce calls and each cost stand in a cell too: a learner sees all of it, and both are the same."""
        notebook = nbformat.read(NOTEBOOKS / f"{bug.lesson}.ipynb", as_version=4)
        cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        taught = {name: code for cell in cells for name, code in functions(cell).items()}
        tested = functions((bug.home / "reproduce.py").read_text())
        costs = {step.cost.action for step in bug.steps if step.cost}
        used = {name for name in tested if f"id='{name}'" in tested["reproduce"]} | costs
        used |= {name for name in tested if any(f"id='{name}'" in tested[user] for user in used)}
        assert used
        assert {name: taught.get(name) for name in used} == {name: tested[name] for name in used}


@pytest.mark.parametrize(("lab", "name"), STEPS, indirect=["lab"])
async def test_step_has_its_outcome(lab, bug, name):
    step = bug.step(name)
    assert lab.apply(name).patch
    match step.outcome:
        case "does not start":
            with pytest.raises(ServerDidNotStart) as raised:
                await lab.serve()
            assert f"{step.error.exception}: {step.error.message}" in str(raised.value)
            if not step.error.file:  # the program was not even loaded: its database could not be made
                return
            assert step.error.file in str(raised.value)
            number = int(re.search(r":(\d+):", str(raised.value)).group(1))
            source = (lab.root / step.error.file).read_text().splitlines()[number - 1]
            assert source.strip() == step.error.line
        case "fails":
            seen, failure, _log = await run(lab, "reproduce")
            assert_fails_as(step.error, failure)
            assert seen == step.client
        case "passes":
            seen, failure, _log = await run(lab, "reproduce")
            assert failure is None
            assert seen == step.client


@pytest.mark.parametrize(("lab", "name"), COSTS, indirect=["lab"])
async def test_what_only_seems_to_work_costs_what_it_declares_and_the_fix_does_not(lab, bug, name):
    cost = bug.step(name).cost
    lab.apply(name)
    assert (await run(lab, cost.action))[0] == cost.seen
    lab.fix()
    assert (await run(lab, cost.action))[0] == cost.shipped != cost.seen


@pytest.mark.parametrize(("lab", "number"), EXERCISES, indirect=["lab"])
async def test_exercise_is_unsolved_and_its_solution_solves_it(lab, bug, number, capsys):
    exercise = bug.exercises[number - 1]
    lab.exercise(number)
    seen, failure, _log = await run(lab, f"exercise_{number}")
    if exercise.error:
        assert_fails_as(exercise.error, failure)
    else:
        assert failure is None
    assert seen != exercise.solved
    await lab.check(number)
    assert capsys.readouterr().out.startswith("Not yet: ")

    solution = lab.solution(number)
    assert solution.patch
    (lab.root / exercise.file).write_bytes((PROJECT / exercise.file).read_bytes())
    assert lab.is_shipped
    capsys.readouterr()
    await lab.check(number)
    assert capsys.readouterr().out.startswith("Solved: ")
    assert len(exercise.hints) >= 2


def functions(code):
    """Return the functions of a piece of code, by name, without what formatting adds."""
    nodes = ast.parse(code, mode="exec").body if "await " not in code else _with_await(code)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name: ast.dump(node) for node in nodes if isinstance(node, kinds)}


def _with_await(code):
    # A cell may await at top level.
    return compile(code, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT).body


def assert_same_files(left, right):
    """Compare two program folders byte for byte; neither has a file that the other lacks."""
    left_files, right_files = files_of(left), files_of(right)
    assert left_files == right_files
    _same, different, unreadable = filecmp.cmpfiles(left, right, left_files, shallow=False)
    assert not different
    assert not unreadable


def files_of(folder):
    aside = {"bugs", "__pycache__", ".git", "staticfiles", ".ipynb_checkpoints", ".secret_key", "linkup.log"}
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return sorted(str(p) for p in paths if not aside & set(p.parts) and ".sqlite3" not in p.name)
