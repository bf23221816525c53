"""Logs of a program that really fails, and a project to repair."""

import os
import subprocess
import sys

import pytest
from audit import PROGRAM
from fixing import HEAD, MODELS

from async_audit.command import main


@pytest.fixture(scope="session")
def logs(tmp_path_factory):
    """A folder with what failing_program.py has logged: <way>.log and <way>.jsonl."""
    folder = tmp_path_factory.mktemp("logs")
    subprocess.run([sys.executable, PROGRAM, folder], check=True, env=os.environ | {"FORCE_COLOR": "1"})
    return folder


@pytest.fixture
def shop(tmp_path):
    """A project with models, for --fix."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").touch()
    (tmp_path / "shop/models.py").write_text(MODELS)
    return tmp_path


@pytest.fixture
def repaired(shop, capsys):
    """Write a file and repair it; return its new content."""

    def repair(source, *options):
        file = shop / "shop/views.py"
        file.write_bytes(source if isinstance(source, bytes) else f"{HEAD}{source}".encode())
        main([str(shop), "--fix", "--write", *options])
        capsys.readouterr()
        return file.read_bytes() if isinstance(source, bytes) else file.read_text().removeprefix(HEAD)

    return repair
