"""The command and the script: what they print, where they may be started, and how they end."""

import gzip
import io
import os
import subprocess
import sys
import tracemalloc

import pytest
from audit import HERE, IN_HANDLER, SAVE, finding
from django.core.management import CommandError, call_command

from async_audit.logs import LogFindings
from async_audit.source import Project
from workshop.scratch import PROJECT

NOTHING = b"INFO nothing to see\n"
NOTHING_IN_SOURCE = "Nothing found in the source.\n"


@pytest.fixture
def site(settings):
    """The project is the folder of failing_program.py, and no log is named in its settings."""
    settings.BASE_DIR = HERE
    settings.LOG_FILE = None
    return settings


@pytest.fixture
def clean_site(site, tmp_path):
    """The project is a folder with a file in which nothing is wrong."""
    (tmp_path / "clean.py").write_text("async def answer():\n    return 42\n")
    site.BASE_DIR = tmp_path
    return site


@pytest.fixture
def command(capsys):
    """Run the command; return its exit code, output and errors."""

    def run(*args):
        code = 0
        try:
            call_command("check_async_errors", *map(str, args))
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return run


def script(*args, cwd, **options):
    """Run the script."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("LINKUP_", "DJANGO_"))}
    command = [sys.executable, PROJECT / "check_async_errors.py", *args]
    environ |= options.pop("environ", {})
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=60, **options)


def test_a_clean_log(site, command, tmp_path):
    log = tmp_path / "site.log"
    log.write_bytes(NOTHING)
    assert command("--log", log) == (0, f"No SynchronousOnlyOperation in {log}.\n", "")


def test_findings_and_their_number(site, command, logs):
    three = finding(SAVE, ("in_handler", "return save()"), times=3)
    two = finding(SAVE, ("caused_another", "save_or_fail()"), times=2)
    names = [logs / "in_a_group.log", logs / "in_a_task.jsonl", logs / "awaited.log", logs / "caused_another.log"]
    code, out, err = command(*(f"--log={name}" for name in names))
    summary = f"Found 5 SynchronousOnlyOperation at 2 places in {', '.join(map(str, names))}."
    assert (code, out, err) == (1, f"{three}\n{two}\n{summary}\n", "")
    assert command(*(f"--log={name}" for name in reversed(names)))[1].startswith(f"{three}\n{two}\n")
    code, out, err = command("--log", names[1])
    assert out == f"{IN_HANDLER}\nFound 1 SynchronousOnlyOperation at 1 place in {names[1]}.\n"


def test_the_script_runs_in_any_folder(logs, tmp_path):
    done = script("--log", "in_handler.log", cwd=logs)
    program = HERE / "failing_program.py"
    found = IN_HANDLER.replace("failing_program.py", str(program))
    assert done.stdout == f"{found}\nFound 1 SynchronousOnlyOperation at 1 place in in_handler.log.\n"
    assert (done.returncode, done.stderr) == (1, "")


def test_the_script_reads_standard_input(logs, tmp_path):
    done = script("--log", "-", cwd=tmp_path, input=(logs / "in_handler.log").read_text())
    assert done.stdout.endswith("Found 1 SynchronousOnlyOperation at 1 place in standard input.\n")
    done = script("--log", "-", cwd=tmp_path, input=(logs / "message_only.log").read_text())
    assert done.stdout.startswith("<stdin>:1: SynchronousOnlyOperation, 1 time: no traceback")


def test_standard_input_stays_open_for_others(site, command):
    before = os.dup(0)
    try:
        with open(os.devnull) as nothing:
            os.dup2(nothing.fileno(), 0)
        assert command("--log", "-") == (0, "No SynchronousOnlyOperation in standard input.\n", "")
        assert os.fstat(0)
    finally:
        os.dup2(before, 0)
        os.close(before)


@pytest.mark.parametrize("log_file", ["site.log", "in a folder/site.log"])
def test_the_default_log_is_that_of_the_settings(logs, tmp_path, log_file):
    theirs = f"from linkup.settings import *\nBASE_DIR = {str(tmp_path)!r}\nLOG_FILE = {log_file!r}\n"
    theirs += "ROOT_URLCONF = 'no_such_module'\n"  # no reason not to read a log
    (tmp_path / "their_settings.py").write_text(theirs)
    log = tmp_path / log_file
    environ = {"DJANGO_SETTINGS_MODULE": "their_settings", "PYTHONPATH": str(tmp_path)}
    assert "does not exist" in script(cwd="/", environ=environ).stdout
    log.parent.mkdir(exist_ok=True)
    log.write_bytes(NOTHING)
    done = script(cwd="/", environ=environ)
    clean = f"No SynchronousOnlyOperation in {log_file}.\n{NOTHING_IN_SOURCE}"
    assert (done.returncode, done.stdout, done.stderr) == (0, clean, "")
    log.write_text((logs / "message_only.log").read_text())
    done = script(cwd="/", environ=environ)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{log_file}:1: SynchronousOnlyOperation, 1 time: no traceback, only: ERROR shop")


def test_a_log_that_was_never_written(clean_site, command):
    clean_site.LOG_FILE = "never.log"
    said = "No SynchronousOnlyOperation: never.log does not exist, so nothing has been logged yet.\n"
    assert command() == (0, said + NOTHING_IN_SOURCE, "")


def test_settings_that_name_no_log(clean_site, command):
    code, out, err = command()
    assert (code, out) == (0, "Nothing found in the source (1 file).\n")
    assert err == "settings.LOG_FILE names no log, so only the source is looked at; a log needs --log FILE.\n"


def unreadable(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling.log").symlink_to(tmp_path / "missing.log")
    return {
        "missing.log": "No such file or directory",
        "dangling.log": "No such file or directory",
        "folder": "Is a directory",
        "/proc/self/mem": "Input/output error",
        "": "No such file or directory",
    }


def test_a_log_that_cannot_be_read(tmp_path, logs):
    for name, reason in unreadable(tmp_path).items():
        done = script("--log", str(logs / "in_handler.log"), "--log", name, cwd=tmp_path)
        said = f"CommandError: {name} cannot be read: {reason}. Name the file that the server logs to: --log FILE\n"
        assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


def test_a_default_log_that_cannot_be_read(site, command, tmp_path):
    unreadable(tmp_path)
    for name in ("folder", "dangling.log"):
        site.LOG_FILE = tmp_path / name
        with pytest.raises(CommandError, match=f"{name} cannot be read: ") as raised:
            command()
        assert raised.value.returncode == 2


def test_a_compressed_log(site, command, tmp_path):
    log = tmp_path / "site.log.1.gz"
    log.write_bytes(gzip.compress(NOTHING))
    with pytest.raises(CommandError, match=r"gz is compressed\. Unpack it: gunzip -c .+gz \|") as raised:
        command("--log", log)
    assert raised.value.returncode == 2


def test_the_unsafe_flag_is_mentioned(site, command, tmp_path, monkeypatch):
    log = tmp_path / "site.log"
    log.write_bytes(NOTHING)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "false")
    code, out, err = command("--log", log)
    assert (code, out) == (0, f"No SynchronousOnlyOperation in {log}.\n")
    assert err.startswith("DJANGO_ALLOW_ASYNC_UNSAFE is set. A server that has it raises no SynchronousOnlyOperation")


def test_the_script_refuses_the_unsafe_flag(tmp_path):
    done = script("--log", "-", cwd=tmp_path, input="", environ={"DJANGO_ALLOW_ASYNC_UNSAFE": "false"})
    assert done.returncode
    assert "unset DJANGO_ALLOW_ASYNC_UNSAFE" in done.stderr


def test_the_help_names_the_option(tmp_path):
    done = script("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "[--log FILE]" in done.stdout


def test_what_a_terminal_would_obey_is_shown(site, command, tmp_path):
    """A log holds what strangers sent: control characters, and JSON may hold half a surrogate pair."""
    log = tmp_path / "site.log"
    log.write_text(
        '{"error": "SynchronousOnlyOperation: \\u001b]0;owned\\u0007 \\ud800 \\u009b2J ' + "x" * 999 + '"}\n'
    )
    _code, out, _err = command("--log", log)
    assert out.splitlines()[0].startswith(
        f"{log}:1: SynchronousOnlyOperation, 1 time: no traceback, only: SynchronousOnlyOperation: "
        r"\x1b]0;owned\x07 \ud800 \x9b2J xxx"
    )
    assert out.splitlines()[0].endswith("x…")


class Endless(io.RawIOBase):
    """A log of some size, made while it is read."""

    def __init__(self, part, size):
        self.part, self.left = part, size // len(part)

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self.left:
            return 0
        self.left -= 1
        buffer[: len(self.part)] = self.part
        return len(self.part)


@pytest.mark.parametrize("line_end", [b"\n", b""])
def test_a_log_is_not_held_in_memory(logs, line_end):
    log = (logs / "in_handler.log").read_bytes()
    part = (log + NOTHING * 400)[:8_000] if line_end else b"x" * 8_000
    size = 4_000_000 if line_end else 40_000_000
    found = LogFindings(Project(HERE))
    tracemalloc.start()
    found.read(io.BufferedReader(Endless(part, size)), "site.log")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.count() == (size // len(part) if line_end else 0)
    assert peak < size / 4
