"""Break the kit in the ways it must notice, and see the suite go red: who watches the watchmen."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
import websockets

import test_bugs
import test_notebook_contract
from contract import broken_run
from workshop import Lab, ServerDidNotStart
from workshop.bug import Bug, bug_names
from workshop.merging import put_behind, units
from workshop.patches import changes
from workshop.scratch import PROJECT
from workshop.trees import apply, diff, read_tree

ROOT = PROJECT.parent
BUG = "demo_project/bugs/02_online_status"
LESSON = "notebooks/02_online_status.ipynb"
HARMLESS = """diff --git a/messaging/harmless.py b/messaging/harmless.py
new file mode 100644
--- /dev/null
+++ b/messaging/harmless.py
@@ -0,0 +1 @@
+# harmless
"""


# Plugins that such a run does not need, and that take a second to load.
WITHOUT = ["-p", "no:cacheprovider", "-p", "no:hypothesispytest"]


def run(kit, *selection, **environ):
    """Run a part of the suite in a copy of the kit; return exit code, names of failed tests, and all of its output."""
    command = [sys.executable, "-m", "pytest", "-q", "--numprocesses=0", *WITHOUT, *selection]
    environ = {name: value for name, value in os.environ.items() if name != "WORKSHOP_SCRATCH"} | environ
    done = subprocess.run(command, cwd=kit, env=environ, capture_output=True, text=True)
    failed = re.findall(r"^(?:FAILED|ERROR) \S+?::(.+?)(?: - .*)?$", done.stdout, re.M)
    return done.returncode, failed, done.stdout + done.stderr


def replace(path, before, after):
    text = path.read_text()
    assert text.count(before) >= 1
    path.write_text(text.replace(before, after, 1))


def edit_cell(kit, change):
    notebook = nbformat.read(kit / LESSON, as_version=4)
    change([cell for cell in notebook.cells if cell.cell_type == "code"])
    nbformat.write(notebook, kit / LESSON)


def remove_the_bug(kit):
    (kit / BUG / "bug.patch").write_text(HARMLESS)


def switch_the_guard_off(kit):
    path = kit / "demo_project/linkup/asgi.py"
    replace(path, "# Loads the apps", 'os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"\n# Loads the apps')


def name_another_file(kit):
    replace(kit / BUG / "bug.toml", 'file = "messaging/async_handlers.py"', 'file = "messaging/consumers.py"')


def name_another_line(kit):
    replace(kit / BUG / "bug.toml", 'line = "status, _created', 'line = "status, _made')


def declare_another_cost(kit):
    replace(kit / BUG / "bug.toml", "4. Ben: ✗ no answer", "4. Ben: ✓ answered")


def solve_an_exercise(kit):
    (kit / BUG / "exercise_1.patch").write_text(HARMLESS)


def strip_a_cell(kit):
    edit_cell(kit, lambda cells: cells[3].update(outputs=[]))


def forget_to_run_a_cell(kit):
    edit_cell(kit, lambda cells: cells[3].update(execution_count=None))


def store_another_output(kit):
    def change(cells):
        cell = next(cell for cell in cells if "async def open_chat" in cell.source)
        cell.outputs[-1]["data"]["text/plain"] = "'all is well'"

    edit_cell(kit, change)


def leave_a_path_in_an_output(kit):
    edit_cell(kit, lambda cells: cells[-1].outputs.append(nbformat.v4.new_output("stream", text="/home/ana/x\n")))


def outputs_hold_no_path(notebook):
    test_notebook_contract.test_outputs_hold_nothing_of_this_machine(notebook, "an absolute path")


NAME = "02_online_status"
CELLS = [f"{LESSON}::Cell {n}" for n in range(3)]  # up to the one that opens the chat
CONTRACT = ["tests/test_bugs.py", "-k", f"broken and {NAME}"]


@pytest.mark.parametrize(
    ("mutate", "selection", "red"),
    [
        (remove_the_bug, CELLS, "Cell 2"),
        (switch_the_guard_off, CONTRACT, "test_broken_fails_as_declared"),
        (switch_the_guard_off, CELLS, "Cell 2"),
        (store_another_output, CELLS, "Cell 2"),
    ],
)
def test_a_mutation_turns_the_suite_red(kit, mutate, selection, red):
    mutate(kit)
    code, failed, output = run(kit, *selection)
    assert code == 1, output
    assert any(red in name for name in failed), output
    assert not (kit / "notebooks/scratch").exists()  # where a lesson may be open


def test_the_copy_itself_is_green(kit):
    """Else every mutation would look noticed."""
    code, failed, output = run(kit, *CELLS, CONTRACT[0], "-k", f"(broken and {NAME}) or Cell")
    assert (code, failed) == (0, []), output


async def is_broken(lab):
    await test_bugs.TestBug().test_broken_fails_as_declared(lab, lab.bugs[0])


async def has_its_cost(lab):
    name = "2_guard_switched_off"
    await test_bugs.test_what_only_seems_to_work_costs_what_it_declares_and_the_fix_does_not(lab, lab.bugs[0], name)


async def has_its_exercise(lab, capsys):
    await test_bugs.test_exercise_is_unsolved_and_its_solution_solves_it(lab, lab.bugs[0], 1, capsys)


@pytest.mark.parametrize(
    ("mutate", "look"),
    [
        (remove_the_bug, is_broken),
        (name_another_file, is_broken),
        (name_another_line, is_broken),
        (declare_another_cost, has_its_cost),
        (solve_an_exercise, has_its_exercise),
    ],
)
async def test_a_mutation_of_a_bug_turns_its_contract_red(mutate, look, scratch, tmp_path, monkeypatch, capsys):
    shutil.copytree(PROJECT / "bugs", tmp_path / "demo_project/bugs")
    monkeypatch.setattr("workshop.bug.BUGS", tmp_path / "demo_project/bugs")
    more = [capsys] if look is has_its_exercise else []
    lab = Lab(NAME)
    await look(lab, *more)
    await lab.close()
    mutate(tmp_path)
    lab = Lab(NAME)
    with pytest.raises(AssertionError):
        await look(lab, *more)
    await lab.close()


@pytest.mark.parametrize(
    ("mutate", "look"),
    [
        (strip_a_cell, test_notebook_contract.test_cells_that_end_in_an_expression_have_an_output),
        (forget_to_run_a_cell, test_notebook_contract.test_every_cell_was_executed_in_order),
        (leave_a_path_in_an_output, outputs_hold_no_path),
    ],
)
def test_a_mutation_of_a_notebook_turns_its_form_red(mutate, look, tmp_path):
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / LESSON, tmp_path / LESSON)
    look(nbformat.read(tmp_path / LESSON, as_version=4))
    mutate(tmp_path)
    with pytest.raises(AssertionError):
        look(nbformat.read(tmp_path / LESSON, as_version=4))


def parts_of(name):
    """Return the functions, statements and files that a bug touches, where it touches more than one.

    An import that it needs no more is none of them: to have it back changes nothing.
    """
    shipped = read_tree(PROJECT)
    broken = apply(shipped, Bug.load(name).patch)
    places = [place for place in changes(shipped, broken) if not is_import_given_up(place, shipped, broken)]
    return places if len(places) > 1 else []


def is_import_given_up(place, shipped, broken):
    name, _in, path = place.rpartition(" in ")
    return name.endswith("import") and name in units(shipped[path]) and name not in units(broken[path])


def without(place, shipped, broken):
    """Return the broken program without one part of the bug."""
    name, _in, path = place.rpartition(" in ")
    tree = dict(broken)
    if not name:
        return tree | {path: shipped[path]} if path in shipped else {p: t for p, t in tree.items() if p != path}
    old, new = units(shipped[path]), units(broken[path])
    if name not in old:
        del new[name]
    elif name in new:
        new[name] = old[name]
    else:
        new = put_behind(new, name, old)
    return tree | {path: "".join(new.values())}


@pytest.mark.parametrize(("name", "place"), [(name, place) for name in bug_names() for place in parts_of(name)])
async def test_a_bug_that_has_lost_a_part_is_noticed(name, place, scratch, tmp_path, monkeypatch):
    shipped, bug = read_tree(PROJECT), Bug.load(name)
    part_lost = without(place, shipped, apply(shipped, bug.patch))
    home = shutil.copytree(bug.home, tmp_path / "bugs" / name)
    (home / "bug.patch").write_text(diff(shipped, part_lost))
    monkeypatch.setattr("workshop.bug.BUGS", home.parent)
    lab = Lab(name)
    assert not lab.is_shipped
    with pytest.raises((AssertionError, ServerDidNotStart, websockets.ConnectionClosed)):
        await broken_run(lab)
    await lab.close()


def test_the_suite_refuses_the_unsafe_flag(kit):
    code, _failed, output = run(kit, *CONTRACT, DJANGO_ALLOW_ASYNC_UNSAFE="0")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "unset DJANGO_ALLOW_ASYNC_UNSAFE" in output
