"""Which findings there are at a revision of git: --diff reports those alone that a change adds."""

import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from async_audit.baseline import Entry, entry_of
from async_audit.errors import CannotLook
from async_audit.look import Wishes, base_of, look

# Of the process that starts the checker, as a hook of git is one; they would name another index.
OTHERS = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}


class Revision:
    """A revision of the repository that a folder is in."""

    def __init__(self, name: str, folder: Path) -> None:
        """Look the revision up. Raises CannotLook when there is no git, no repository or no such revision."""
        self.name = name
        self.top = folder
        self.top = Path(os.path.realpath(self._git("rev-parse", "--show-toplevel")))
        self._commit = self._git("rev-parse", "--verify", f"{name}^{{commit}}")

    def findings(self, paths: Sequence[str], wishes: Wishes, terminal: TextIO) -> Counter[Entry]:
        """Return what a look at the same paths finds there, with the names that files have now."""
        with self._tree() as tree:
            there = [str(tree / self._inside(path)) for path in paths]
            there = [path for path in there if os.path.lexists(path)]
            if not there:
                return Counter()
            report = look(there, wishes, terminal, may_be_empty=True)
            entries = [entry_of(finding, base_of(there), tree) for finding in report.findings]
        renamed = self._renamed()
        return Counter(replace(entry, path=renamed.get(entry.path, entry.path)) for entry in entries)

    def _inside(self, path: str) -> Path:
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(self.top):
            raise CannotLook(f"{path} is not in the repository {self.top}: --diff compares files of one repository.")
        return real.relative_to(self.top)

    @contextmanager
    def _tree(self) -> Iterator[Path]:
        """Write all files of the revision to a folder of its own; neither the work tree nor the index is touched."""
        with tempfile.TemporaryDirectory() as folder:
            index = os.path.join(folder, "index")
            self._git("read-tree", self._commit, index=index)
            self._git("checkout-index", "--all", f"--prefix={folder}/tree/", index=index)
            yield Path(os.path.realpath(folder), "tree")

    def _renamed(self) -> dict[str, str]:
        """Return new names of files by their old ones."""
        said = self._git("diff", "--name-status", "-z", "--find-renames", "--diff-filter=R", self._commit, "--")
        fields = said.split("\0")
        return dict(zip(fields[1::3], fields[2::3], strict=False))

    def _git(self, *arguments: str, index: str = "") -> str:
        environ = {name: value for name, value in os.environ.items() if name not in OTHERS}
        environ |= {"GIT_LFS_SKIP_SMUDGE": "1"} | ({"GIT_INDEX_FILE": index} if index else {})
        command = ["git", "-C", os.fspath(self.top), *arguments]
        try:
            done = subprocess.run(command, env=environ, capture_output=True, check=False)
        except FileNotFoundError:
            raise CannotLook("--diff needs git, which is not installed: install it, or use --baseline.") from None
        if done.returncode:
            said = os.fsdecode(done.stderr).strip().partition("\n")[0].removeprefix("fatal: ")
            raise CannotLook(
                f"--diff cannot read {self.name!r}, for git says: {said}. "
                "Name a commit, branch or tag of the repository that the project is in."
            )
        return os.fsdecode(done.stdout).removesuffix("\n")
