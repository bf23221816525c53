"""A copy of LinkUp for the learner to change: a folder under notebooks/scratch/ and a git repository of its own."""

import errno
import os
import shutil
import subprocess
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import PatchDoesNotApply, WorkshopError
from .git import git

NOTEBOOKS = Path(__file__).resolve().parent.parent
PROJECT = NOTEBOOKS.parent / "demo_project"
# What stands beside LinkUp and is no part of it.
BESIDE = ["bugs", "gallery"]
# What a program writes beside its source is no part of it.
NOT_SOURCE = ["__pycache__", "*.sqlite3*", ".secret_key", "linkup.log", "staticfiles", ".ipynb_checkpoints"]


def scratch_folder() -> Path:
    """Return the folder of all scratch copies; WORKSHOP_SCRATCH in the environment puts it elsewhere."""
    return Path(os.environ.get("WORKSHOP_SCRATCH") or NOTEBOOKS / "scratch").resolve()


class Scratch:
    """One copy. The tag `shipped` is LinkUp as it is, `lab` what a lesson put here last; the rest is the learner's."""

    def __init__(self, name: str) -> None:
        """Make the copy anew, keeping what a learner changed in the last one. Raises WorkshopError."""
        if shutil.which("git") is None:
            raise WorkshopError("git was not found. Install git, restart the kernel, and run this cell again.")
        self.folder = scratch_folder()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.root, self.lock = self._free_root(name)
        except OSError as error:
            raise _no_room(self.folder, error) from error
        try:
            if self.root.exists():
                self.keep_edits()
            self._copy()
        except (OSError, shutil.Error) as error:
            self.close()
            raise _no_room(self.folder, error) from error
        except subprocess.CalledProcessError as error:
            self.close()
            raise WorkshopError(f"git does not work here: {error.stderr.strip()}") from error

    def git(self, *args: str) -> str:
        """Run git in the copy and return what it printed. Raises subprocess.CalledProcessError, and WorkshopError."""
        if not (self.root / ".git").is_dir():
            raise self._gone()
        return git(*args, cwd=self.root)

    def apply(self, *patches: Path) -> None:
        """Put patches on top of what is here, strictly. Raises PatchDoesNotApply."""
        for patch in patches:
            try:
                self.git("apply", str(patch))
            except subprocess.CalledProcessError as error:
                self.restore("lab")
                raise PatchDoesNotApply(
                    f"{patch.parent.name}/{patch.name} does not fit demo_project/ any more "
                    f"({error.stderr.strip().splitlines()[0]}). Take back changes of demo_project/, "
                    "or write the patches anew: make patches"
                ) from error

    def commit(self, what: str) -> None:
        """Record the tree as what the lesson put here."""
        self.git("add", "-A")
        self.git("commit", "--quiet", "--allow-empty", "-m", what)
        self.git("tag", "--force", "lab")

    def restore(self, tag: str) -> None:
        """Make the tree what it was at a tag, new files removed."""
        self.git("reset", "--quiet", "--hard", tag)
        self.git("clean", "--quiet", "--force", "-d")

    def edits(self) -> list[str]:
        """Return the files that differ from what the lesson put here."""
        changed = self.git("diff", "-z", "--name-only", "--no-renames", "lab")
        return sorted([*changed.split("\0")[:-1], *self.untracked()])

    def untracked(self) -> list[str]:
        """Return the files that git does not know, those of NOT_SOURCE left out."""
        return self.git("ls-files", "-z", "--others", "--exclude-standard").split("\0")[:-1]

    def keep_edits(self) -> None:
        """Copy what the learner changed to scratch/kept/, and say where; nothing happens without a change."""
        if not self.root.exists():
            raise self._gone()
        kept = next(folder for n in count(1) if not (folder := self.folder / "kept" / self.root.name / str(n)).exists())
        try:
            edits = [name for name in self.edits() if (self.root / name).is_file()]
        except (subprocess.CalledProcessError, WorkshopError):
            # Its repository is damaged: what the learner changed cannot be told apart, so all of it stays.
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(self.root, kept)
            self._say_kept("all files", kept)
            return
        for name in edits:
            (kept / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.root / name, kept / name)
        if edits:
            self._say_kept(", ".join(edits), kept)

    def close(self) -> None:
        """Let another kernel use the folder."""
        self.lock.release()

    def _say_kept(self, what: str, kept: Path) -> None:
        where = kept.relative_to(self.folder.parent).as_posix()
        print(f"The copy starts afresh. Your version of {what} is in {where}/")

    def _gone(self) -> WorkshopError:
        return WorkshopError("The scratch copy is gone or damaged. Run the cell with lab = Lab(…) again.")

    def _free_root(self, name: str) -> tuple[Path, FileLock]:
        for n in count(1):
            root = self.folder / (name if n == 1 else f"{name}-{n}")
            lock = FileLock(self.folder / f".{root.name}.lock")
            try:
                lock.acquire(blocking=False)
            except Timeout:
                continue
            if n > 1:
                print(f"Another notebook uses scratch/{name}/, so this one works in scratch/{root.name}/")
            return root, lock
        raise AssertionError("count() ends")

    def _copy(self) -> None:
        draft = self.root.with_name(f".{self.root.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        try:
            shutil.copytree(PROJECT, draft, ignore=shutil.ignore_patterns(*BESIDE, *NOT_SOURCE))
            git("init", "--quiet", cwd=draft)
            (draft / ".git/info").mkdir()
            (draft / ".git/info/exclude").write_text("\n".join(NOT_SOURCE) + "\n")
            # Into one pack, in a third of the time that a file for each object takes.
            git("-c", "core.bigFileThreshold=1", "add", "-A", cwd=draft)
            git("commit", "--quiet", "-m", "shipped", cwd=draft)
            git("tag", "shipped", cwd=draft)
            git("tag", "lab", cwd=draft)
            if self.root.exists():
                shutil.rmtree(self.root)
            draft.rename(self.root)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _no_room(folder: Path, error: OSError | shutil.Error) -> WorkshopError:
    why = os.strerror(errno.ENOSPC) if os.strerror(errno.ENOSPC) in str(error) else str(error)
    return WorkshopError(
        f"The scratch copy could not be written to {folder}: {why}. "
        "Make room there, or set WORKSHOP_SCRATCH to a folder on another disk."
    )
