"""The program as a set of texts: read from a folder or a commit, changed by a patch, compared."""

import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from .git import git
from .scratch import BESIDE

Tree = dict[str, str]  # path relative to demo_project, text


def apply(tree: Tree, patch: Path) -> Tree:
    """Return a tree with a patch applied strictly. Raises subprocess.CalledProcessError."""
    named = set(re.findall(r"^(?:--- a|\+\+\+ b)/(.+)$", patch.read_text(encoding="utf-8"), re.M))
    aside = {path: text for path, text in tree.items() if path not in named}
    return aside | dict(_applied(frozenset(tree.items() - aside.items()), patch.read_bytes()))


def diff(before: Tree, after: Tree) -> str:
    """Return the unified diff between two trees, with a/ and b/ paths, files that come or go included."""
    return _diff(frozenset(before.items() - after.items()), frozenset(after.items() - before.items()))


@lru_cache(maxsize=512)
def _applied(files: frozenset[tuple[str, str]], patch: bytes) -> frozenset[tuple[str, str]]:
    """Ask git, once for the same contents: a bug's steps all stand on its own patch."""
    with _repository() as folder:
        write_tree(dict(files), folder)
        (folder / ".git/patch").write_bytes(patch)
        git("apply", ".git/patch", cwd=folder)
        return frozenset(read_tree(folder).items())


@lru_cache(maxsize=512)
def _diff(before: frozenset[tuple[str, str]], after: frozenset[tuple[str, str]]) -> str:
    with _repository() as folder:
        write_tree(dict(before), folder)
        git("add", "--all", cwd=folder)
        for path in dict(before).keys() - dict(after).keys():
            (folder / path).unlink()
        write_tree(dict(after), folder)
        if dict(after).keys() - dict(before).keys():
            git("add", "--intent-to-add", "--ignore-removal", ".", cwd=folder)
        return git("diff", "--no-renames", cwd=folder)


@contextmanager
def _repository() -> Iterator[Path]:
    """Yield a folder with a repository of its own: inside another one, git apply changes nothing, and succeeds."""
    with tempfile.TemporaryDirectory() as name:
        git("init", "--quiet", cwd=Path(name))
        yield Path(name)


def read_tree(folder: Path) -> Tree:
    """Return the program's Python files; no bug changes another kind."""
    paths = [path for path in folder.rglob("*.py") if not {*BESIDE} & {*path.relative_to(folder).parts}]
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
