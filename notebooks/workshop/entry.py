"""The exercise of lesson 04: an entry in CHECKS of linkup_checks/operations.py that notices what none has noticed.

The entry is tried with LinkUp as it is shipped, with a LinkUp that is wrong, and with one that is right and written in
another way.
"""

import asyncio
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .database import error_of, program_environ
from .scratch import BESIDE, NOT_SOURCE, PROJECT

OPERATIONS = "linkup_checks/operations.py"
CHANGED = "messaging/message_persistence_manager.py"
SCRIPT = Path(__file__).with_name("_entry.py")
SOLVED = "Solved: the script is green with LinkUp as it is, and red when a message counts as read that nobody has read."


@dataclass(frozen=True)
class Program:
    """Another LinkUp: what stands in place of a piece of mark_messages, and what its users notice, if it is wrong."""

    before: str
    after: str
    users: str = ""


UP_TO = "pk__lte=up_to_id, status__in=earlier"
WRITE = "return behind.update(status=status, updated_at=timezone.now()) > 0"
ROW_BY_ROW = "return sum(behind.filter(pk=m.pk).update(status=status, updated_at=timezone.now()) for m in behind) > 0"
PROGRAMS = [
    Program(UP_TO, "status__in=earlier", "Ben reads one message, and Ana is told that he has read all of them"),
    Program(UP_TO, "pk__lt=up_to_id, status__in=earlier", "Ben reads a message, and for Ana that one stays unread"),
    Program(UP_TO, "pk__range=(0, up_to_id), status__in=earlier"),
    Program(WRITE, ROW_BY_ROW),
]


async def judge_entry(operations: Path) -> str:
    """Return what is to be said of a learner's operations.py."""
    return await asyncio.to_thread(_judge, operations)


def _judge(operations: Path) -> str:
    runs = _runs(operations)
    if isinstance(runs, str):
        return f"Not yet: {OPERATIONS} cannot be run: {runs}"
    shipped, *others = runs
    if failed := _failures(shipped):
        return f"Not yet: with LinkUp as it is shipped, the script is red.\n  {failed[0]}"
    if missing := [line for line in _facts() if line not in shipped]:
        return f"Not yet: the script no longer looks at what it looked at before.\n  {missing[0]}"
    for program, lines in zip(PROGRAMS, others, strict=True):
        failed = _failures(lines)
        if program.users and not failed:
            return f"Not yet: with one condition changed, {program.users}. The script is green all the same."
        if failed and not program.users:
            return (
                "Not yet: somebody writes mark_messages in another way, no user notices, and the script is red."
                f"\n  {failed[0]}"
            )
    return SOLVED


def _failures(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("FAIL")]


def _facts() -> list[str]:
    """Return the facts that the shipped script looks at."""
    shipped = (PROJECT / OPERATIONS).read_text(encoding="utf-8")
    return [
        f"OK    {subject}: {fact}" for subject, fact in re.findall(r'^    \("(\w+)", "(.+?)", \w+\)', shipped, re.M)
    ]


def _runs(operations: Path) -> list[list[str]] | str:
    """Run the script in a LinkUp of its own, as shipped and in the other forms; return the lines, or an error."""
    text = (PROJECT / CHANGED).read_text(encoding="utf-8")
    for program in PROGRAMS:
        assert text.count(program.before) == 1, f"{CHANGED} has changed: say in workshop/entry.py what to replace"
    with TemporaryDirectory(prefix="entry-") as folder:
        root = Path(folder, "linkup")
        shutil.copytree(PROJECT, root, ignore=shutil.ignore_patterns(*BESIDE, *NOT_SOURCE))
        shutil.copyfile(operations, root / OPERATIONS)
        done = subprocess.run(
            [sys.executable, str(SCRIPT)],
            cwd=root,
            env=program_environ(PYTHONDONTWRITEBYTECODE="1"),
            input=json.dumps([CHANGED, [(program.before, program.after) for program in PROGRAMS]]),
            capture_output=True,
            text=True,
        )
    return error_of(done.stderr) if done.returncode else json.loads(done.stdout.splitlines()[-1])
