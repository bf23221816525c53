"""Run programs of the gallery, each in a process of its own with rows of its own, and report what became of them.

Run by `workshop.runner` as a program, in demo_project/gallery/. Reads a JSON line for each run: file, name, way ("run"
or "control"), and source where it is not the file's own. Writes JSON lines, of which {"event": "ended", …} is the last.
"""

import ast
import asyncio
import functools
import gc
import importlib
import inspect
import io
import json
import linecache
import logging
import os
import select
import signal
import sys
import tempfile
import time
import warnings
from contextlib import redirect_stdout, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from calls import report_calls
from connections import report_connections
from control import as_plain, without_loop
from django.db import connections
from frames import describe_error, project_frames
from hops import report_hops
from outcome import plain, told
from shop_rows import Databases, change_rows, rows, use
from waits import blocking_calls

REPORT = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
LIMIT = float(os.environ.get("WORKSHOP_GALLERY_LIMIT") or 20)  # seconds for a program, which takes hundredths of one
LIBRARIES = ("asgiref", "channels", "django", "pytest")
PAUSE = 0.002  # seconds between two looks at a program
THERE: list[str] = []  # rows that each program finds
FORKS = hasattr(os, "fork") and not os.environ.get("WORKSHOP_GALLERY_NO_FORK")


def report(event: str, **fields: Any) -> None:
    """Write one event."""
    REPORT.write(json.dumps({"event": event, **fields}) + "\n")


class StrictHandler(logging.NullHandler):
    """Formats each record and raises what that raises; logging's own handlers print it and go on."""

    def handle(self, record: logging.LogRecord) -> bool:
        """Format a record."""
        record.getMessage()
        return True


@functools.lru_cache
def compiled(file: str, _version: tuple[int, int]) -> Any:
    """Return the code of a file, once for each version of it; what it imports is imported for all runs to come."""
    source = Path(file).read_bytes()
    tree = ast.parse(source)
    for node in tree.body:
        match node:
            case ast.ImportFrom(module=str(name)) | ast.Import(names=[ast.alias(name=name)]):
                if name.partition(".")[0] in LIBRARIES:
                    importlib.import_module(name)
    return compile(tree, str(Path.cwd() / file), "exec")


def code_of(file: str) -> Any:
    """Return the code of a file as it is now."""
    about = Path(file).stat()
    return compiled(file, (about.st_mtime_ns, about.st_size))


def load(file: str, source: str | None) -> ModuleType:
    """Return the module of a file, in which a learner's own functions have taken the place of those of their names."""
    module = ModuleType(Path(file).stem)
    module.__file__ = str(Path.cwd() / file)
    sys.modules[module.__name__] = module
    exec(code_of(file), vars(module))  # noqa: S102 - the gallery's own
    if source is not None:
        name = str(Path.cwd() / "yours.py")
        lines = source.splitlines(keepends=True)
        linecache.cache[name] = (len(source), None, lines, name)  # tracebacks and tables show its lines
        exec(compile(source, name, "exec"), vars(module))  # noqa: S102 - what the learner has written
    return module


def last_function(source: str) -> str:
    """Return the name of the last function of a text."""
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)][
        -1
    ]


async def error_of(program: Any) -> tuple[Any, BaseException | None]:
    """Run a program, and what it has left to the loop; return its result, and the error of either.

    One that is no coroutine is called here, on the loop, as a kernel calls a cell.
    """

    async def called() -> Any:
        result = program()
        return await result if inspect.iscoroutine(result) else result

    left: list[BaseException] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: left.append(context["exception"]))
    task = asyncio.create_task(called())
    await asyncio.wait([task])
    await asyncio.sleep(0)
    error = next(iter([*filter(None, [task.exception()]), *left]), None)
    return (None if task.exception() else task.result()), error


def stands_still(waits: str) -> None:
    """Report a call of the program's that blocks the loop."""
    if project_frames(sys._getframe(2)):
        report("stall", waits=waits)


def as_script(program: Any) -> tuple[Any, BaseException | None]:
    """Call a program where no loop runs; it may start one."""
    try:
        return program(), None
    except Exception as error:  # noqa: BLE001 - whatever a program raises is its outcome
        return None, error


def as_command(program: Any) -> tuple[Any, BaseException | None]:
    """Run the management command whose `handle` a program is."""
    from django.core.management import BaseCommand, call_command

    command = type("Command", (BaseCommand,), {"handle": program, "requires_system_checks": []})
    return as_script(lambda: call_command(command()))


def as_test(program: Any) -> tuple[Any, BaseException | None]:
    """Run a program as a test of pytest-django and pytest-asyncio, on the database of this run."""
    from as_test import run_test

    return run_test(program)


BY_ITSELF = {"script": as_script, "command": as_command, "test": as_test}


def run(wanted: dict[str, Any]) -> None:
    """Run one program and report its outcome, whatever it is."""
    try:
        run_program(wanted)
    except BaseException as error:  # noqa: BLE001 - a file that cannot be read, a program that ends its process
        unreadable(error)


def run_program(wanted: dict[str, Any]) -> None:
    """Run one program and report its outcome."""
    if wanted.get("other"):
        change_rows()
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as caught, redirect_stdout(printed):
        warnings.simplefilter("always")
        module = load(wanted["file"], wanted.get("source"))
        program = getattr(module, wanted.get("name") or last_function(wanted["source"]))
        by_itself = BY_ITSELF.get(str(wanted.get("runner")))
        if wanted["way"] == "control":
            result, error = without_loop(functools.partial(by_itself or as_script, as_plain(program)))
        elif by_itself:
            result, error = by_itself(program)
        else:
            report_connections(report)
            with blocking_calls(stands_still):
                result, error = asyncio.run(error_of(program))
        outcome = told(error)
        described = describe_error(error) if error else None
        del error, program
        gc.collect()  # a coroutine that was not awaited warns when it is collected
        never_awaited = any("never awaited" in str(warning.message) for warning in caught)
        report("measured")  # what is asked from here on is asked by the workshop
        outcome |= {"never_awaited": never_awaited, "returned": plain(result), "printed": printed.getvalue()}
    left = rows() if wanted.get("rows") else []
    if wanted.get("runner") == "test":  # which has emptied the tables, or rolled back: what it leaves is what is new
        left = [row for row in left if row not in THERE]
    report("ended", failure=described, rows=left, **outcome)


def in_a_process(wanted: dict[str, Any]) -> None:
    """Run one program in a fork of this process: a cold ContentType cache, no connection, no thread of one before."""
    gc.freeze()  # what the modules hold is nothing to collect
    child = os.fork()
    if not child:
        try:
            run(wanted)
        finally:
            REPORT.flush()
            os._exit(0)
    end = time.monotonic() + LIMIT
    while not os.waitpid(child, os.WNOHANG)[0]:
        # The kernel writes nothing while it waits: what can be read is that it has ended.
        gone = bool(select.select([0], [], [], PAUSE)[0])
        if gone or time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            if not gone:
                report("overdue", limit=LIMIT)
            return


def unreadable(error: BaseException) -> None:
    """Report what kept a program from being run."""
    nothing = {"never_awaited": False, "returned": None, "printed": "", "rows": []}
    report("ended", failure=describe_error(error), **nothing, **told(error))


def serve(folder: Path) -> None:
    """Prepare Django, then run what is asked for until nobody asks any more."""
    databases = Databases(folder, os.environ.get("WORKSHOP_GALLERY_DATABASE_URL", ""))
    try:
        databases.create()
        THERE.extend(rows())
        connections.close_all()
        report_calls(report)
        report_hops(report)
        logging.basicConfig(handlers=[StrictHandler()], level=logging.INFO, force=True)
        report("ready")
        for line in sys.stdin.buffer:
            wanted = json.loads(line)
            with suppress(OSError, SyntaxError, ImportError):  # then the run says so
                code_of(wanted["file"])
            own = databases.copy()
            use(own)
            (in_a_process if FORKS else run)(wanted)
            databases.remove(own)
            report("done", ended=not FORKS)
            if not FORKS:  # the next one gets another process
                break
    finally:
        databases.remove(databases.name)


if __name__ == "__main__":
    os.dup2(2, 1)  # what a program prints past sys.stdout goes to the log, not between the events
    sys.dont_write_bytecode = True  # an edit within the same second would meet the bytecode of the old text
    sys.path.append(os.getcwd())
    with tempfile.TemporaryDirectory(prefix="gallery-") as name:
        serve(Path(name))
