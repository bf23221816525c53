"""Write the bugs' patches anew after demo_project has moved on: python -m workshop.patches.

A patch is applied to the newest commit it still fits. From there each changed file is merged into today's text; where
git finds a conflict, the changed function's whole text takes the place of today's.
"""

import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from .bug import Bug, bug_names
from .errors import PatchDoesNotApply
from .git import git
from .scratch import PROJECT
from .show import span_of

Tree = dict[str, str]  # path relative to demo_project, text


def main() -> None:
    """Rewrite what does not apply, and say for each bug what was done. Exits with a message for what needs a hand."""
    for name in bug_names():
        try:
            written = rewrite(Bug.load(name), PROJECT)
        except PatchDoesNotApply as error:
            sys.exit(f"{name}: {error}")
        print(f"{name}: {', '.join(written) or 'every patch applies'}")


def rewrite(bug: Bug, project: Path) -> list[str]:
    """Make all patches of a bug apply to `project`, and return the names of those that changed."""
    today = read_tree(project)
    steps = [bug.home / f"{step.name}.patch" for step in bug.steps]
    exercises = [bug.home / f"{exercise.patch}.patch" for exercise in bug.exercises]
    broken = transplant(*original(bug.patch, [], project), today, bug.patch)
    texts = {bug.patch: diff(today, broken)}
    for patch in steps:
        texts[patch] = diff(broken, transplant(*original(patch, [bug.patch], project), broken, patch))
    for patch in exercises:
        texts[patch] = diff(today, transplant(*original(patch, [], project), today, patch))
    changed = [patch for patch, text in texts.items() if text != patch.read_text(encoding="utf-8")]
    for patch in changed:
        patch.write_text(texts[patch], encoding="utf-8")
    return [patch.name for patch in changed]


def original(patch: Path, prior: list[Path], project: Path) -> tuple[Tree, Tree]:
    """Return the newest tree that a patch fits, before and after it. Raises PatchDoesNotApply when there is none."""
    for tree in [read_tree(project), *committed_trees(project)]:
        base = tree
        try:
            for earlier in prior:
                base = apply(base, earlier)
            return base, apply(base, patch)
        except subprocess.CalledProcessError:
            continue
    raise PatchDoesNotApply(f"{patch.name} fits no commit; write it by hand")


def transplant(base: Tree, target: Tree, new_base: Tree, patch: Path) -> Tree:
    """Return `new_base` with what was done from `base` to `target`."""
    result = dict(new_base)
    for path in base.keys() | target.keys():
        if path not in target:
            del result[path]  # whatever it says today
            continue
        before, after = base.get(path, ""), target[path]
        if before == after and path in base:
            continue
        merged = merge(new_base.get(path, ""), before, after)
        result[path] = merged if merged is not None else splice(new_base.get(path, ""), before, after, patch)
    return result


def merge(ours: str, base: str, theirs: str) -> str | None:
    """Return git's three-way merge, or None where it finds a conflict."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("ours", "base", "theirs")]
        for path, text in zip(paths, (ours, base, theirs), strict=True):
            path.write_text(text, encoding="utf-8")
        done = subprocess.run(["git", "merge-file", "-p", *paths], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def splice(ours: str, base: str, theirs: str, patch: Path) -> str:
    """Return today's text with the one function that differs replaced. Raises PatchDoesNotApply without such a one."""
    names = [line.split("def ")[1].partition("(")[0] for line in theirs.splitlines() if "def " in line and "(" in line]
    for name in names:
        try:
            old, new, now = (_lines(text, name) for text in (base, theirs, ours))
        except ValueError:
            continue
        if old != new:
            first, last = span_of(ours, name)
            assert ours.splitlines()[first - 1 : last] == now
            lines = ours.splitlines()
            return "\n".join([*lines[: first - 1], *new, *lines[last:]]) + "\n"
    raise PatchDoesNotApply(f"{patch.name} conflicts with today's text outside a function; write it by hand")


def _lines(text: str, name: str) -> list[str]:
    first, last = span_of(text, name)
    return text.splitlines()[first - 1 : last]


def apply(tree: Tree, patch: Path) -> Tree:
    """Return a tree with a patch applied strictly. Raises subprocess.CalledProcessError."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tree(tree, folder)
        # A repository of its own: inside another one, git apply would change nothing and report success.
        git("init", "--quiet", cwd=folder)
        git("apply", str(patch), cwd=folder)
        return read_tree(folder)


def diff(before: Tree, after: Tree) -> str:
    """Return the unified diff between two trees, with a/ and b/ paths, files that come or go included."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        git("init", "--quiet", cwd=folder)
        write_tree(before, folder)
        git("add", "--all", cwd=folder)
        for path in before.keys() - after.keys():
            (folder / path).unlink()
        write_tree(after, folder)
        git("add", "--intent-to-add", "--ignore-removal", ".", cwd=folder)
        return git("diff", "--no-renames", cwd=folder)


def read_tree(folder: Path) -> Tree:
    """Return the program's Python files; no bug changes another kind."""
    paths = [path for path in folder.rglob("*.py") if "bugs" not in path.relative_to(folder).parts]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def write_tree(tree: Tree, folder: Path) -> None:
    """Write files below a folder."""
    for path, text in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def committed_trees(project: Path) -> Iterator[Tree]:
    """Yield the program as it was in each commit that changed it, newest first."""
    for revision in git("log", "--format=%H", "--", ".", cwd=project, check=False).split():
        archive = subprocess.run(["git", "archive", revision, "."], cwd=project, capture_output=True)
        with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
            yield read_tree(Path(folder))


if __name__ == "__main__":
    main()
