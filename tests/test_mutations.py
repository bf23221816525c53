"""Break the kit in the ways it must notice, and see the suite go red: who watches the watchmen."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
import websockets

from contract import broken_run
from workshop import Lab, ServerDidNotStart
from workshop.bug import Bug, bug_names
from workshop.merging import put_behind, units
from workshop.patches import changes
from workshop.scratch import PROJECT
from workshop.trees import apply, diff, read_tree

BUG = "demo_project/bugs/02_online_status"
LESSON = "notebooks/02_online_status.ipynb"
HARMLESS = """diff --git a/messaging/harmless.py b/messaging/harmless.py
new file mode 100644
--- /dev/null
+++ b/messaging/harmless.py
@@ -0,0 +1 @@
+# harmless
"""


def run(kit, *selection, **environ):
    """Run a part of the suite in a copy of the kit; return exit code, names of failed tests, and all of its output."""
    command = [sys.executable, "-m", "pytest", "-q", "--numprocesses=0", "-p", "no:cacheprovider", *selection]
    done = subprocess.run(command, cwd=kit, env=os.environ | environ, capture_output=True, text=True)
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
    replace(kit / BUG / "bug.toml", 'seen = "no answer within 3 seconds"', 'seen = "nothing at all"')


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


NAME = "02_online_status"
FORM = ["tests/test_notebook_contract.py", "-k", "02"]
CELLS = [f"{LESSON}::Cell {n}" for n in range(3)]  # up to the one that opens the chat


def contract(only):
    return ["tests/test_bugs.py", "-k", f"({only}) and {NAME}"]


MUTATIONS = [
    (remove_the_bug, contract("broken or fix_is"), "test_broken_fails_as_declared"),
    (remove_the_bug, CELLS, "Cell 2"),
    (switch_the_guard_off, contract("broken or guard"), "test_broken_fails_as_declared"),
    (switch_the_guard_off, CELLS, "Cell 2"),
    (name_another_file, contract("broken"), "test_broken_fails_as_declared"),
    (name_another_line, contract("broken"), "test_broken_fails_as_declared"),
    (declare_another_cost, contract("costs"), "test_what_only_seems_to_work"),
    (solve_an_exercise, contract("exercise"), "test_exercise_is_unsolved"),
    (strip_a_cell, FORM, "test_cells_that_end_in_an_expression"),
    (forget_to_run_a_cell, FORM, "test_every_cell_was_executed"),
    (leave_a_path_in_an_output, FORM, "test_outputs_hold_nothing_of_this_machine"),
    (store_another_output, CELLS, "Cell 2"),
]


@pytest.mark.parametrize(
    ("mutate", "selection", "red"), MUTATIONS, ids=[f"{m[0].__name__}-{m[1][0].split('/')[1]}" for m in MUTATIONS]
)
def test_a_mutation_turns_the_suite_red(kit, mutate, selection, red):
    mutate(kit)
    code, failed, output = run(kit, *selection)
    assert code == 1, output
    assert any(red in name for name in failed), output


@pytest.mark.parametrize("selection", [contract("broken or fix_is or guard or costs or exercise"), FORM, CELLS])
def test_the_copy_itself_is_green(kit, selection):
    """Else every mutation would look noticed."""
    code, failed, output = run(kit, *selection)
    assert (code, failed) == (0, []), output


def parts_of(name):
    """Return the functions, statements and files that a bug touches, where it touches more than one."""
    shipped = read_tree(PROJECT)
    places = changes(shipped, apply(shipped, Bug.load(name).patch))
    return places if len(places) > 1 else []


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
    code, _failed, output = run(kit, *contract("broken"), DJANGO_ALLOW_ASYNC_UNSAFE="0")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "unset DJANGO_ALLOW_ASYNC_UNSAFE" in output
