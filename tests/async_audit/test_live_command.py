"""`python -m async_audit.live -- …`: a real process, a real management command."""

import json
import sys

import pytest
from watched_shop import line, make_shop, start

LIVE = ("-W", "ignore", "-m", "async_audit.live")
FOUND = "Found 1 place in this run. More: --explain"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_shop(tmp_path_factory.mktemp("shop"))


def act(shop, name, *options, **environ):
    return start(shop, *LIVE, *options, "--", "manage.py", "act", name, **environ)


@pytest.mark.parametrize("flag", ["", "1"], ids=["swallowed", "guard off"])
def test_a_query_that_nobody_hears_of(shop, flag):
    code, out, err = act(shop, "asks", DJANGO_ALLOW_ASYNC_UNSAFE=flag)
    assert (code, out) == (1, "0\n")
    at = line("# DAS001")
    assert err.splitlines() == [
        f"shop/code.py:{at}:1: DAS001 asks the database on the event loop: return User.objects.count()",
        f"      shop/code.py:{at} in asks",
        f"      shop/code.py:{line('User.objects.count')} in number",
        f"{FOUND} DAS001",
    ]


@pytest.mark.parametrize(("name", "function"), [("sleeps", "sleeps"), ("hashes", "pbkdf2")])
def test_what_holds_up_the_loop(shop, name, function):
    code, _out, err = act(shop, name)
    assert code == 1
    found, last = err.splitlines()
    at = line("sleep(0.6)  # DAS" if name == "sleeps" else "make_password(")
    assert found.startswith(f"shop/code.py:{at}:1: DAS101 the event loop stood still for ")
    assert f" ms in {function}: " in found
    assert last == f"{FOUND} DAS101"


def test_the_threshold(shop):
    assert act(shop, "sleeps", "--threshold", "5000") == (0, "None\n", "Nothing found in this run.\n")


def test_a_coroutine_that_nobody_awaits(shop):
    code, _out, err = act(shop, "forgets")
    found = f"shop/code.py:{line('# DAS007')}:1: DAS007 coroutine 'QuerySet.acount' was never awaited: "
    assert (code, err) == (1, f"{found}User.objects.acount()  # DAS007\n{FOUND} DAS007\n")


@pytest.mark.parametrize("name", ["asks_quietly", "is_right"])
def test_nothing_to_say(shop, name):
    code, _out, err = act(shop, name)
    assert (code, err) == (0, "Nothing found in this run.\n")


def test_pyproject_silences(tmp_path):
    shop = make_shop(tmp_path)
    (shop / "pyproject.toml").write_text('[tool.async_audit]\nignore = ["DAS101"]\n')
    assert act(shop, "sleeps")[0] == 0
    (shop / "pyproject.toml").write_text('[tool.async_audit]\nexclude = ["shop/*"]\n')
    assert act(shop, "sleeps")[0] == 0
    (shop / "pyproject.toml").write_text("[tool.async_audit]\nexclude = 1\n")
    code, out, err = act(shop, "sleeps")
    assert (code, out) == (2, ""), "nothing is run"
    assert err.startswith("async_audit.live: exclude of [tool.async_audit] in ")


def test_json_into_a_file(shop, tmp_path):
    options = ("--format", "json", "--output", str(tmp_path / "found.json"))
    code, _out, err = act(shop, "asks", *options, DJANGO_ALLOW_ASYNC_UNSAFE="1")
    assert (code, err) == (1, f"The report is in {tmp_path / 'found.json'}.\n")
    [finding] = json.loads((tmp_path / "found.json").read_text())["findings"]
    assert (finding["code"], finding["line"], finding["times"]) == ("DAS001", line("# DAS001"), 1), "a cursor connects"
    assert [step["function"] for step in finding["chain"]] == ["asks", "number"]


@pytest.mark.parametrize(
    ("name", "start_of"), [("sarif", "{"), ("github", "::warning file=shop/code.py"), ("junit", "<")]
)
def test_the_other_formats(shop, name, start_of):
    code, _out, err = act(shop, "asks", "--format", name)
    assert code == 1
    assert err.startswith(start_of)
    assert "DAS001" in err


def test_a_baseline(shop, tmp_path):
    known = str(tmp_path / "known.json")
    assert act(shop, "asks", "--write-baseline", known)[0] == 0
    code, _out, err = act(shop, "asks", "--baseline", known)
    assert (code, err) == (0, "Nothing new found in this run.\n1 in the baseline.\n")
    assert act(shop, "forgets", "--baseline", known)[0] == 1


def test_the_exit_code_is_the_commands(shop):
    (shop / "ends.py").write_text("import sys\nsys.exit(int(sys.argv[1]) if sys.argv[1:] else 'no number')\n")
    assert start(shop, *LIVE, "--", "ends.py", "3")[0] == 3
    assert start(shop, *LIVE, "--", "ends.py") == (1, "", "no number\nNothing found in this run.\n")


def test_an_error_of_the_command_does_not_keep_the_report_back(shop):
    (shop / "raises.py").write_text("import asyncio\nasync def f(): pass\nf()\n1 / 0\n")
    code, _out, err = start(shop, *LIVE, "--", "raises.py")
    assert code == 1
    assert "DAS007 coroutine 'f' was never awaited" in err
    assert err.endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Nothing to run. Name it after two dashes: "),
        (["--", "nowhere.py"], "nowhere.py is neither a file nor a command. Name a script, such as manage.py."),
        (["--", "sh"], "is no script of Python, and nothing else can be watched."),
        (["--", "manage.py", "runserver"], "Add --noreload."),
        (["--threshold", "0", "--", "manage.py"], "'0' is no number of milliseconds: give one from 1 to 60000"),
        (["--baseline", "none.json", "--", "manage.py"], "none.json cannot be read"),
        (["--output", "no/where", "--", "manage.py", "check"], "cannot be written: No such file or directory."),
    ],
)
def test_what_cannot_be_done(shop, arguments, says):
    code, _out, err = start(shop, *LIVE, *arguments)
    assert code == 2
    assert says in err.splitlines()[-1]
    assert "Traceback" not in err


def test_nothing_is_replaced_without_it(shop):
    """Importing it, and the plugin without its option, changes nothing; a recorder puts back what it replaces."""
    (shop / "off.py").write_text(OFF)
    assert start(shop, "off.py") == (0, "[True, False, True]\n", "")


OFF = """
import sys, threading, warnings
import django.utils.asyncio

def state():
    names = (django.utils.asyncio.get_running_loop, warnings._warn_unawaited_coroutine, threading.getprofile())
    return *names, sys.get_coroutine_origin_tracking_depth(), threading.active_count(), sys.getprofile()

before = state()
import async_audit.live.asgi, async_audit.live.plugin, async_audit.live.__main__
from async_audit.live.recorder import Recorder
recorder = Recorder(0.1, lambda: None)
told = [state() == before]
recorder.start()
told.append(state() == before)
recorder.stop()
told.append(state() == before)
print(told)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM")
def test_a_server_that_is_told_to_end_is_reported(shop):
    (shop / "serves.py").write_text(SERVES)
    code, out, err = start(shop, *LIVE, "--", "serves.py")
    assert (code, out) == (143, "")
    assert f"{FOUND} DAS007" in err


SERVES = """
import asyncio, os, signal
async def lost(): pass
async def main():
    lost()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells for how long a thread waits for a core")
def test_what_a_busy_machine_holds_up(shop):
    (shop / "starves.py").write_text(STARVES)
    code, _out, err = start(shop, *LIVE, "--", "starves.py")
    assert (code, err) == (0, "Nothing found in this run.\n")


STARVES = """
import asyncio, hashlib, os, subprocess, sys, threading, time
core = {min(os.sched_getaffinity(0))}
BUSY = "import time; end = time.monotonic() + 20\\nwhile time.monotonic() < end: pass"

async def works():
    before, used = time.monotonic(), time.thread_time()
    hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 200_000)  # it lets other threads run
    took, used = time.monotonic() - before, time.thread_time() - used
    assert used < 0.09 < 0.3 < took, (used, took)

rival = subprocess.Popen([sys.executable, "-c", BUSY], preexec_fn=lambda: os.sched_setaffinity(0, core))
try:
    os.sched_setaffinity(threading.get_native_id(), core)
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
    asyncio.run(works())
finally:
    rival.kill()
"""
