"""The program as a set of texts: read from a folder or a commit, changed by a patch, compared."""

import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from .git import git

Tree = dict[str, str]  # path relative to demo_project, text


def apply(tree: Tree, patch: Path) -> Tree:
    """Return a tree with a patch applied strictly. Raises subprocess.CalledProcessError."""
    named = set(re.findall(r"^(?:--- a|\+\+\+ b)/(.+)$", patch.read_text(encoding="utf-8"), re.M))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tree({path: text for path, text in tree.items() if path in named}, folder)
        # A repository of its own: inside another one, git apply would change nothing and report success.
        git("init", "--quiet", cwd=folder)
        git("apply", str(patch), cwd=folder)
        return {path: text for path, text in tree.items() if path not in named} | read_tree(folder)


def diff(before: Tree, after: Tree) -> str:
    """Return the unified diff between two trees, with a/ and b/ paths, files that come or go included."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        git("init", "--quiet", cwd=folder)
        write_tree({path: text for path, text in before.items() if after.get(path) != text}, folder)
        git("add", "--all", cwd=folder)
        for path in before.keys() - after.keys():
            (folder / path).unlink()
        write_tree({path: text for path, text in after.items() if before.get(path) != text}, folder)
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
        yield _tree_at(project, revision)


@lru_cache(maxsize=8)
def _tree_at(project: Path, revision: str) -> Tree:
    archive = subprocess.run(["git", "archive", revision, "."], cwd=project, capture_output=True)
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
        return read_tree(Path(folder))
