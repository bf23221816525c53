"""The contract of a bug: broken it fails as declared, every step has its outcome, and fixed it is LinkUp again."""

import ast
import filecmp
import re
from contextlib import nullcontext

import nbformat
import pytest

from async_audit.static import audit
from awaited import TOLD, assert_all_awaited
from contract import assert_fails_as, broken_run, run
from workshop import Lab, ServerDidNotStart
from workshop.bug import Bug, bug_names
from workshop.scratch import NOTEBOOKS, PROJECT

BUGS = bug_names()
STEPS = [(bug, step.name) for bug in BUGS for step in Bug.load(bug).steps]
COSTS = [(bug, step.name) for bug in BUGS for step in Bug.load(bug).steps if step.cost]
REPAIRS = [(bug, step.name) for bug in BUGS for step in Bug.load(bug).steps if step.kind == "repair"]
EXERCISES = [(bug, n) for bug in BUGS for n, _ in enumerate(Bug.load(bug).exercises, 1)]


@pytest.fixture
async def lab(request, scratch):
    lab = Lab(request.param)
    yield lab
    await lab.close()


@pytest.fixture
def bug(lab):
    return lab.bugs[0]


@pytest.mark.parametrize("lab", BUGS, indirect=True)
class TestBug:
    def test_the_patch_changes_something(self, lab):
        assert not lab.is_shipped

    async def test_shipped_passes(self, lab, bug):
        lab.fix()
        for action, shipped in [("reproduce", bug.shipped), *((fault.action, fault.shipped) for fault in bug.faults)]:
            done = await run(lab, action, **TOLD)
            assert done.failure is None, done.failure.full
            assert done.seen == shipped
            assert_all_awaited(done.log)

    async def test_broken_fails_as_declared(self, lab, bug):
        await broken_run(lab)

    async def test_the_same_work_passes_without_a_loop(self, lab, bug):
        if bug.no_control:
            assert bug.control is None
            return
        done = await run(lab, "control")
        assert (done.seen, done.failure) == (bug.control, None)

    async def test_the_fix_is_the_shipped_program(self, lab):
        (lab.root / "messaging" / "left_behind.py").write_text("")
        assert not lab.is_shipped
        lab.fix()
        assert lab.is_shipped
        assert_same_files(PROJECT, lab.root)

    async def test_a_switched_off_guard_turns_the_contract_red(self, lab, bug):
        await broken_run(lab)  # else the next lines would prove nothing
        unguarded = await run(lab, "reproduce", DJANGO_ALLOW_ASYNC_UNSAFE="true")
        guarded = bug.error.exception == "SynchronousOnlyOperation"
        with pytest.raises(AssertionError) if guarded else nullcontext():
            assert_fails_as(bug.error, unguarded.failure)

    async def test_the_log_itself_names_the_line(self, lab, bug):
        """What an engineer finds in a log file: the innermost frame of LinkUp in Daphne's own traceback."""
        done = await broken_run(lab)
        frames = re.findall(r'File "(.+)", line \d+, in (\S+)\n    (.+)', done.log)
        own = [(file, function, line) for file, function, line in frames if file.startswith(str(done.root))]
        assert own[-1] == (str(done.root / bug.error.file), bug.error.function, bug.error.line)
        assert f"{bug.error.exception}: {bug.error.message}" in done.log

    def test_the_lesson_shows_the_code_of_reproduce(self, lab, bug):
        """What reproduce calls and each cost stand in a cell too: a learner sees all of it, and both are the same."""
        path = NOTEBOOKS / f"{bug.lesson}.ipynb"
        assert path.is_file(), f"{bug.home.name}/bug.toml names the lesson {bug.lesson}, and notebooks/ has none of it"
        notebook = nbformat.read(path, as_version=4)
        cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        taught = {name: code for cell in cells for name, code in functions(cell).items()}
        tested = functions((bug.home / "reproduce.py").read_text())
        costs = {step.cost.action for step in bug.steps if step.cost}
        used = {name for name in tested if f"id='{name}'" in tested["reproduce"]} | costs
        used |= {name for name in tested if any(f"id='{name}'" in tested[user] for user in used)}
        assert used, f"{bug.home.name}/reproduce.py: reproduce calls no function that a cell of the lesson could show"
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
            done = await run(lab, "reproduce")
            assert_fails_as(step.error, done.failure)
            assert done.seen == step.client
        case "passes":
            done = await run(lab, "reproduce")
            assert done.failure is None
            assert done.seen == step.client


@pytest.mark.parametrize(("lab", "name"), COSTS, indirect=["lab"])
async def test_what_only_seems_to_work_costs_what_it_declares_and_the_fix_does_not(lab, bug, name):
    cost = bug.step(name).cost
    lab.apply(name)
    assert (await run(lab, cost.action)).seen == cost.seen
    lab.fix()
    assert (await run(lab, cost.action)).seen == cost.shipped != cost.seen


@pytest.mark.parametrize(("lab", "name"), REPAIRS, indirect=["lab"])
async def test_a_second_right_repair_is_as_good_as_the_shipped_one(lab, bug, name):
    """All that the bug broke works, no query is on the loop, nothing is found, and no trap's cost is paid."""
    lab.apply(name)
    assert not lab.is_shipped
    assert bug.step(name).client == bug.shipped
    expected = {fault.action: fault.shipped for fault in bug.faults} | {"reproduce": bug.shipped}
    expected |= {step.cost.action: step.cost.shipped for step in bug.steps if step.cost}
    errors = {}
    for action, shipped in expected.items():
        done = await run(lab, action)
        assert (done.seen, done.on_loop) == (shipped, [])
        errors |= {action: (done.failure.name, done.failure.message)} if done.failure else {}
    assert audit(lab.root).findings == []
    assert not {"reproduce", *(fault.action for fault in bug.faults)} & errors.keys(), errors
    lab.fix()  # what an action has the database refuse is an error with the shipped program, too
    for action, error in errors.items():
        failure = (await run(lab, action)).failure
        assert (failure and (failure.name, failure.message)) == error


@pytest.mark.parametrize(("lab", "number"), EXERCISES, indirect=["lab"])
async def test_exercise_is_unsolved_and_its_solution_solves_it(lab, bug, number, capsys):
    exercise = bug.exercises[number - 1]
    lab.exercise(number)
    unsolved = await lab.judge(number)
    if exercise.error:
        assert_fails_as(exercise.error, unsolved.failure)
    else:
        assert unsolved.failure is None
    assert unsolved.seen != exercise.solved
    assert unsolved.text.startswith("Not yet: ")

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
    aside = {"bugs", "gallery", "__pycache__", ".git", "staticfiles", ".ipynb_checkpoints", ".secret_key", "linkup.log"}
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return sorted(str(p) for p in paths if not aside & set(p.parts) and ".sqlite3" not in p.name)
