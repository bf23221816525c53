"""A coroutine that nobody awaits turns a test red, wherever it is: `acreate` writes nothing, `ahas_perm` lets in."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import server
from awaited import assert_all_awaited

ROOT = Path(__file__).resolve().parent.parent
TESTS = """
from django.contrib.auth.models import User

def test_nothing_is_written():
    User.objects.acreate(username="cid")

async def test_everybody_is_let_in():
    assert User(username="ann").ahas_perm("messaging.view_message")

async def test_awaited():
    assert await User(is_superuser=True).ahas_perm("messaging.view_message")
"""


def test_in_this_process_and_in_a_notebook(tmp_path):
    (tmp_path / "test_dropped.py").write_text(TESTS)
    cell = nbformat.v4.new_code_cell("import asyncio\n\nasyncio.sleep(0)\nNone", execution_count=1)
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": {"name": "python3", "display_name": "3"}})
    nbformat.write(notebook, tmp_path / "dropped.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-c", ROOT / "pyproject.toml", "--rootdir", ROOT, tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    red = {line.split("::")[1].split(" - ")[0] for line in done.stdout.splitlines() if line.startswith("FAILED")}
    assert red == {"test_nothing_is_written", "test_everybody_is_let_in", "Cell 0"}, done.stdout
    assert "1 passed" in done.stdout


def test_in_a_server_that_a_test_has_started(tmp_path, pytestconfig, monkeypatch):
    dropped = server.PROGRAM.replace("lambda: print(", "lambda: __import__('asyncio').sleep(0) and print(")
    assert dropped != server.PROGRAM
    monkeypatch.setattr(server, "PROGRAM", dropped)
    site = server.Site(tmp_path, pytestconfig)
    with pytest.raises(AssertionError, match="coroutine 'sleep' was never awaited"):
        site.server.kill()


def test_a_log_in_which_all_is_awaited():
    assert_all_awaited("INFO started\nWARNING a coroutine was awaited\n")
