"""The pytest plugin, in a real run of pytest on a small project."""

import json

import pytest
from watched_shop import line, make_shop, start

TESTS = """
import asyncio, pytest
from django.contrib.auth.models import User
from shop import code

def test_asks():
    assert asyncio.run(code.asks()) == 0

def test_forgets():
    asyncio.run(code.forgets())

def test_itself():
    async def main():
        with pytest.raises(Exception):
            User.objects.count()
    asyncio.run(main())
"""
CONFTEST = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
import django
django.setup()
"""
PLUGIN = ("-p", "async_audit.live.plugin")
QUIET = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", *PLUGIN)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = make_shop(tmp_path_factory.mktemp("shop"))
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_shop.py").write_text(TESTS.lstrip())
    return folder


def found(output):
    """Return the lines of the report that name a place to repair."""
    _before, _head, report = output.partition(" async audit ")
    return [text.partition(": ")[0] + " " + text.split()[1] for text in report.splitlines() if ":1: DAS" in text]


WRONG = [f"shop/code.py:{line(f'# {code}')}:1 {code}" for code in ("DAS001", "DAS007")]


@pytest.mark.parametrize("workers", [(), ("-p", "xdist.plugin", "-n", "2")], ids=["one process", "xdist"])
def test_what_tests_make_a_loop_do(shop, workers):
    code, out, _err = start(shop, *QUIET, "--async-audit", *workers)
    assert "3 passed" in out
    assert found(out) == WRONG
    assert code == 1, "the tests pass, and the run fails on what was found"


def test_without_the_option(shop):
    code, out, err = start(shop, *QUIET)
    assert (code, err) == (0, "")
    assert "async audit" not in out


def test_what_tests_do_wrong_themselves(shop):
    _code, out, _err = start(shop, *QUIET, "--async-audit", "--async-audit-tests")
    at = line("            User.objects.count()", TESTS)
    assert found(out) == [*WRONG, f"test_shop.py:{at}:1 DAS001"]


def test_a_failure_of_a_test_comes_first(shop):
    code, out, _err = start(shop, *QUIET, "--async-audit", "--deselect", "test_shop.py", "none.py")
    assert code == 4, "pytest's own"
    assert "Nothing found in this run." in out


def test_a_baseline(shop, tmp_path):
    known = str(tmp_path / "known.json")
    assert start(shop, *QUIET, "--async-audit", "--async-audit-write-baseline", known)[0] == 0
    code, out, _err = start(shop, *QUIET, "--async-audit", "--async-audit-baseline", known)
    assert (code, found(out)) == (0, [])
    assert "Nothing new found in this run.\n2 in the baseline.\n" in out


def test_json_into_a_file(shop, tmp_path):
    file = tmp_path / "found.json"
    options = ("--async-audit-format", "json", "--async-audit-output", str(file))
    assert start(shop, *QUIET, "--async-audit", *options)[0] == 1
    assert [finding["code"] for finding in json.loads(file.read_text())["findings"]] == ["DAS001", "DAS007"]


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--async-audit-threshold", "soon"), 4, "'soon' is no number of milliseconds: give one from 1 to 60000"),
        (("--async-audit-baseline", "none.json"), 4, "none.json cannot be read"),
        (("--async-audit-output", "no/where"), 4, "no/where cannot be written: No such file or directory."),
    ],
)
def test_what_cannot_be_done(shop, options, code, says):
    done, out, err = start(shop, *QUIET, "--async-audit", *options)
    assert done == code
    assert says in out + err
    assert "Traceback" not in out + err
