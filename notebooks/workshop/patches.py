"""Write the bugs' patches anew after demo_project has moved on: python -m workshop.patches.

A patch is applied to the newest commit it still fits, and all that it does there is carried over to today's program:
each function, import and statement, or the patch is refused by name. What was carried over replaces a patch only after
the bug's own contract has passed with it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .bug import Bug, bug_names
from .errors import WorkshopError
from .merging import Conflict, carry, merge, touched
from .scratch import PROJECT
from .trees import Tree, apply, committed_trees, diff, read_tree

CONTRACT = ["tests/test_bugs.py", "tests/async_audit/test_linkup_sources.py"]
REJECTED = ".rejected"


@dataclass
class Draft:
    """What became of one bug's patches: the new texts, and for those that stay as they are, why."""

    bug: Bug
    texts: dict[Path, str] = field(default_factory=dict)
    refused: dict[Path, str] = field(default_factory=dict)
    places: dict[Path, list[str]] = field(default_factory=dict)  # the functions that each patch touches

    @property
    def changed(self) -> dict[Path, str]:
        """The new texts that differ from what is stored."""
        return {patch: text for patch, text in self.texts.items() if text != patch.read_text(encoding="utf-8")}


def main() -> None:
    """Rewrite what has to be, and say for each bug what was done. Exits with 1 when a patch needs a hand."""
    try:
        drafts = [draft(Bug.load(name), PROJECT) for name in bug_names()]
    except WorkshopError as error:
        sys.exit(str(error))
    reds = red_tests([each for each in drafts if each.changed])
    complaints = [complaint for each in drafts for complaint in settle(each, reds.get(each.bug.home.name, []))]
    if complaints:
        sys.exit("\n".join(complaints))


def draft(bug: Bug, project: Path) -> Draft:
    """Carry all patches of a bug over to `project`; nothing is written."""
    result = Draft(bug)
    today = read_tree(project)
    broken = _carry_patch(result, bug.patch, [], today, project)
    if broken is None:
        return result  # the steps stand on it
    for step in bug.steps:
        _carry_patch(result, bug.home / f"{step.name}.patch", [bug.patch], broken, project)
    for exercise in bug.exercises:
        _carry_patch(result, bug.home / f"{exercise.patch}.patch", [], today, project)
    return result


def settle(result: Draft, red: list[str]) -> list[str]:
    """Write the patches with which no test is red, keep the others beside, and return what needs a hand."""
    name = result.bug.home.name
    complaints = [f"{name}/{patch.name} is left as it was: {why}" for patch, why in result.refused.items()]
    written = []
    for patch, text in result.changed.items():
        beside = patch.with_name(patch.name + REJECTED)
        if tests := [test for test in red if _concerns(test, patch, result.bug)]:
            beside.write_text(text, encoding="utf-8")
            why = f"with the new one, in {beside.name}, {', '.join(tests)} is red"
            places = ", ".join(result.places[patch])
            complaints.append(f"{name}/{patch.name} is left as it was: {why}. Look at {places}")
            continue
        _replace(patch, text)
        beside.unlink(missing_ok=True)
        written.append(patch.name)
    said = f"written: {', '.join(written)}" if written else "nothing written" if complaints else "every patch applies"
    print(f"{name}: {said}")
    return complaints


def red_tests(drafts: list[Draft]) -> dict[str, list[str]]:
    """Run the contract of bugs with their new patches, and return the names of the red tests of each bug."""
    if not drafts:
        return {}
    names = [each.bug.home.name for each in drafts]
    with tempfile.TemporaryDirectory() as folder:
        bugs = Path(shutil.copytree(drafts[0].bug.home.parent, Path(folder) / "bugs"))
        for each in drafts:
            for patch, text in each.changed.items():
                (bugs / each.bug.home.name / patch.name).write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", *CONTRACT]
        environ = os.environ | {"WORKSHOP_BUGS": str(bugs)}
        done = subprocess.run(
            [*command, "-k", " or ".join(names)], cwd=PROJECT.parent, env=environ, capture_output=True, text=True
        )
    red = re.findall(r"^(?:FAILED|ERROR) \S+?\.py::(.+?\])(?: - .*)?$", done.stdout, re.M)
    if done.returncode and not red:
        raise SystemExit(f"The contract of {', '.join(names)} could not be run:\n{done.stdout}{done.stderr}")
    return {name: [test for test in red if name in test] for name in names}


def original(patch: Path, prior: list[Path], project: Path) -> tuple[Tree, Tree]:
    """Return the newest tree that a patch fits, before and after it. Raises Conflict when there is none."""
    for tree in _trees(project):
        base = tree
        try:
            for earlier in prior:
                base = apply(base, earlier)
            return base, apply(base, patch)
        except subprocess.CalledProcessError:
            continue
    raise Conflict(patch.name, "it fits no commit of demo_project")


def transplant(base: Tree, target: Tree, new_base: Tree) -> Tree:
    """Return `new_base` with all that was done from `base` to `target`. Raises Conflict with the place."""
    result = dict(new_base)
    for path in sorted(base.keys() | target.keys()):
        if path not in target:
            result.pop(path, None)  # whatever it says today
        elif path not in base:
            if new_base.get(path, target[path]) != target[path]:
                raise Conflict(path, "there is a file of this name by now")
            result[path] = target[path]
        elif base[path] != target[path]:
            if path not in new_base:
                raise Conflict(path, "the file is not there any more")
            result[path] = _transplant_file(path, base[path], target[path], new_base[path])
    return result


def changes(before: Tree, after: Tree) -> list[str]:
    """Return what differs between two trees: `function in file`, or the file where it came or went."""
    found = []
    for path in sorted(before.keys() | after.keys()):
        if path not in before or path not in after:
            found.append(path)
        elif before[path] != after[path]:
            found += [f"{name} in {path}" for name in _touched(before[path], after[path])]
    return found


def _carry_patch(result: Draft, patch: Path, prior: list[Path], onto: Tree, project: Path) -> Tree | None:
    try:
        before, after = original(patch, prior, project)
        carried = transplant(before, after, onto)
        if carried == onto:
            raise Conflict(patch.name, "it changes nothing any more")
    except Conflict as conflict:
        edit = f"{result.bug.home.name}/{patch.stem}"
        result.refused[patch] = f"{conflict}. Write it by hand: make patch NAME={edit}"
        return None
    result.texts[patch] = diff(onto, carried)
    result.places[patch] = changes(onto, carried)
    return carried


def _transplant_file(path: str, before: str, after: str, today: str) -> str:
    try:
        return carry(before, after, today)
    except Conflict as conflict:
        raise Conflict(f"{conflict.place} in {path}", conflict.reason) from None
    except SyntaxError:  # a step may be no Python, which is its point
        merged = merge(today, before, after)
        if merged is None:
            raise Conflict(path, "today's program has changed the same lines") from None
        return merged


def _touched(before: str, after: str) -> list[str]:
    try:
        return touched(before, after)
    except SyntaxError:
        return ["a text that is no Python"]


def _trees(project: Path) -> Iterator[Tree]:
    yield read_tree(project)
    yield from committed_trees(project)


def _concerns(test: str, patch: Path, bug: Bug) -> bool:
    """Tell whether a red test speaks of a patch: its own, or one of the bug itself, on which all others stand."""
    own = {bug.home / f"{step.name}.patch": step.name for step in bug.steps}
    own |= {bug.home / f"{each.patch}.patch": f"{bug.home.name}-{n}]" for n, each in enumerate(bug.exercises, 1)}
    of_others = any(name in test for each, name in own.items() if each != patch)
    return (patch in own and own[patch] in test) or not of_others


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


if __name__ == "__main__":
    main()
