"""A lesson's workplace: a copy of LinkUp with bugs put back, to look at, change, run and repair."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

from .bug import Bug, Exercise
from .check import Verdict, check_exercise
from .database import program_environ, seeded_database
from .entry import OPERATIONS, judge_entry
from .errors import WorkshopError
from .process import finished
from .scratch import Scratch, scratch_folder
from .show import Diff, Source
from .site import Site

TAGS = {"broken", "shipped"}  # commits of every copy


class Lab:
    """lab = Lab("02_online_status"): a scratch copy with that bug in it; Lab() is LinkUp as it is shipped."""

    _open: ClassVar[dict[tuple[str, ...], "Lab"]] = {}

    def __init__(self, *bugs: str) -> None:
        """Make the copy anew; changes a learner made to the last one are kept aside. Raises WorkshopError."""
        refuse_unsafe_flag()
        self.bugs = [Bug.load(name) for name in bugs]
        self._site: Site | None = None
        self._attempted: set[int] = set()
        self._fixed: set[str] = set()
        if earlier := Lab._open.pop(bugs, None):
            earlier._release()
        ids = "_".join(name.partition("_")[0] for name in bugs)
        self._scratch = Scratch(ids if len(bugs) > 1 else "".join(bugs) or "shipped")
        Lab._open[bugs] = self
        self._scratch.apply(*(bug.patch for bug in self.bugs))
        self._scratch.commit("broken")
        self._scratch.git("tag", "broken")

    @property
    def root(self) -> Path:
        """The folder of the copy."""
        return self._scratch.root

    @property
    def is_shipped(self) -> bool:
        """Whether every file is what LinkUp ships, byte for byte, and none was added."""
        return not self._scratch.git("diff", "shipped") and not self._scratch.untracked()

    def source(self, file: str, function: str | None = None) -> Source:
        """Show a file of the copy, or one function: lab.source("messaging/consumers.py", "connect")."""
        return _read(self.root, file, function)

    def show(self, file: str, function: str | None = None) -> Source:
        """Show a file of the bug's own folder: lab.show("control.py")."""
        return _read(self._bug.home, file, function)

    def apply(self, step: str, since: str = "broken") -> Diff:
        """Go back to the bug, change one thing, and show it: lab.apply("1_one_call_wrapped").

        `since` shows how it differs from something else: from "shipped", or from another step.
        """
        patches = {name: self._bug.home / f"{self._bug.step(name).name}.patch" for name in {step} | {since} - TAGS}
        self._fixed.clear()
        if since in patches:
            self._put("broken", since, patches[since])
            since = self._scratch.git("rev-parse", "HEAD").strip()
        self._put("broken", step, patches[step])
        return Diff(self._scratch.git("diff", "-U2", since))

    def fix(self, bug: str | None = None) -> Diff:
        """Go from the bug to what LinkUp ships, and show the way: lab.fix(), or lab.fix("02_…") for one of several."""
        if bug is not None and bug not in self._names():
            raise WorkshopError(f"There is no bug {bug!r} in this copy. There are: {', '.join(self._names())}")
        before = [other.patch for other in self.bugs if bug is None or other.home.name not in self._fixed]
        self._fixed.update([bug] if bug else self._names())
        after = [other.patch for other in self.bugs if other.home.name not in self._fixed]
        self._put("shipped", "before the fix", *before)
        first = self._scratch.git("rev-parse", "HEAD").strip()
        self._put("shipped", "fixed", *after)
        return Diff(self._scratch.git("diff", "-U2", first, "lab"))

    def reset(self) -> None:
        """Go back to the bug: lab.reset()."""
        self._fixed.clear()
        self._put("broken", "broken")

    def diff(self) -> Diff:
        """Show how the copy differs from what LinkUp ships: lab.diff()."""
        return Diff(self._scratch.git("diff", "-U2", "shipped"))

    async def serve(self, **environ: str) -> Site:
        """Run the copy with a fresh database, in place of the one that ran before: site = await lab.serve().

        Raises ServerDidNotStart with the line to look at.
        """
        if self._site:
            await self._site.stop()
            self._site = None
        self._scratch.untracked()  # raises when the copy is gone
        seeded = seeded_database(self.root, scratch_folder() / ".cache")
        for stale in [*self.root.glob("db.sqlite3*"), *self.root.glob("linkup.log")]:
            stale.unlink()
        shutil.copyfile(seeded.file, self.root / "db.sqlite3")
        site = Site(self.root, seeded, environ, scripts=self.bugs[0].home if self.bugs else self.root)
        await site.ready()
        self._site = site
        return site

    async def run(self, script: str, *arguments: str) -> int:
        """Run a script of the copy as a user would, print what it prints, and return its exit code.

        await lab.run("manage.py", "migrate")
        """
        code, out = await self._output(script, *arguments)
        print(out)
        return code

    def exercise(self, number: int) -> Source:
        """Put an exercise into LinkUp as shipped, and show the place: lab.exercise(1)."""
        exercise = self._exercise(number)
        self._put("shipped", f"exercise {number}", self._bug.home / f"{exercise.patch}.patch")
        self._scratch.git("tag", "--force", f"exercise-{number}")
        return self.source(exercise.file, exercise.function)

    def hint(self, number: int, which: int) -> None:
        """Print a hint, from gentle to plain: lab.hint(1, 1)."""
        hints = self._exercise(number).hints
        if which not in range(1, len(hints) + 1):
            raise WorkshopError(f"Exercise {number} has the hints 1 to {len(hints)}.")
        print(hints[which - 1])

    async def check(self, number: int) -> None:
        """Run the exercise against the files as they are now, and say what is still wrong: await lab.check(1)."""
        print((await self.judge(number)).text)

    async def judge(self, number: int) -> Verdict:
        """Do what `check` does, and return what it found: await lab.judge(1)."""
        exercise = self._exercise(number)
        if self._scratch.git("log", "-1", "--format=%s", "lab").strip() != f"exercise {number}":
            raise WorkshopError(f"Exercise {number} is not in the scratch copy. Run lab.exercise({number}) first.")
        self._attempted.add(number)
        return await check_exercise(self.serve, self._bug.action(f"exercise_{number}"), exercise, self._migrations)

    async def check_entry(self) -> None:
        """Say whether CHECKS in linkup_checks/operations.py has an entry that is right: await lab.check_entry()."""
        print(await judge_entry(self.root / OPERATIONS))

    def solution(self, number: int, now: bool = False) -> Diff | None:
        """Show a solution after the first attempt, or right now: lab.solution(1), lab.solution(1, now=True)."""
        exercise = self._exercise(number)
        if number not in self._attempted and not now:
            print(f"Try it first: await lab.check({number}). To see it anyway: lab.solution({number}, now=True)")
            return None
        if not self._scratch.git("tag", "--list", f"exercise-{number}"):
            raise WorkshopError(f"Have a look at the exercise first: lab.exercise({number})")
        print(exercise.explanation)
        return Diff(self._scratch.git("diff", "-U2", f"exercise-{number}", "shipped"))

    async def close(self) -> None:
        """Stop the server and let another notebook use the folder: await lab.close()."""
        if self._site:
            await self._site.stop()
        self._scratch.close()

    async def _output(self, script: str, *arguments: str) -> tuple[int, str]:
        exit_code, out, _nothing = await finished(
            *(sys.executable, str(self.root / script), *arguments),
            cwd=self.root.parent,
            env=program_environ(PYTHONDONTWRITEBYTECODE="1"),
            stderr=subprocess.STDOUT,
        )
        return exit_code, out

    async def _migrations(self) -> str | None:
        """Say that the migrations do not make what the models are, where either differs from what LinkUp ships."""
        changed = [*self._scratch.git("diff", "--name-only", "shipped").split(), *self._scratch.untracked()]
        if not any("migrations/" in name or name.endswith("models.py") for name in changed):
            return None
        command = ["manage.py", "makemigrations", "--check", "--dry-run", "--skip-checks"]
        code, out = await self._output(*command)
        if not code:
            return None
        missing = [line.strip(" -+~") for line in out.splitlines() if line.startswith("    ")]
        return (
            "no error, but the model and the migrations do not agree. The next colleague who runs makemigrations gets "
            f"a migration that nobody has written: {'; '.join(missing) or out.strip()}."
        )

    def _put(self, tag: str, what: str, *patches: Path) -> Diff:
        self._scratch.keep_edits()
        self._scratch.restore(tag)
        self._scratch.git("tag", "--force", "lab")
        self._scratch.apply(*patches)
        self._scratch.commit(what)
        return Diff(self._scratch.git("diff", "-U2", tag))

    def _names(self) -> list[str]:
        return [bug.home.name for bug in self.bugs]

    @property
    def _bug(self) -> Bug:
        if not self.bugs:
            raise WorkshopError('This lab has no bug in it. Make one with a bug: Lab("02_online_status")')
        return self.bugs[0]

    def _exercise(self, number: int) -> Exercise:
        exercises = self._bug.exercises
        if number not in range(1, len(exercises) + 1):
            raise WorkshopError(f"The exercises of this lesson are 1 to {len(exercises)}.")
        return exercises[number - 1]

    def _release(self) -> None:
        if self._site:
            self._site.end()
        self._scratch.close()


def refuse_unsafe_flag() -> None:
    """Raise WorkshopError when Django's guard is switched off in this process."""
    if os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"):
        raise WorkshopError(
            "DJANGO_ALLOW_ASYNC_UNSAFE is set, so Django would hide every error of this workshop. Stop "
            "JupyterLab, unset the variable (unset DJANGO_ALLOW_ASYNC_UNSAFE), and start again."
        )


def _read(folder: Path, file: str, function: str | None) -> Source:
    try:
        return Source(file, (folder / file).read_text(encoding="utf-8"), function)
    except OSError as error:
        raise WorkshopError(f"{file} cannot be shown: {error.strerror}") from error
    except SyntaxError as error:
        raise WorkshopError(f"{file} cannot be shown: line {error.lineno} is no Python yet ({error.msg})") from error
    except ValueError as error:
        raise WorkshopError(f"{file} cannot be shown: {error}") from error
