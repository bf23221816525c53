"""Logs of a program that really fails."""

import os
import subprocess
import sys

import pytest
from audit import PROGRAM


@pytest.fixture(scope="session")
def logs(tmp_path_factory):
    """A folder with what failing_program.py has logged: <way>.log and <way>.jsonl."""
    folder = tmp_path_factory.mktemp("logs")
    subprocess.run([sys.executable, PROGRAM, folder], check=True, env=os.environ | {"FORCE_COLOR": "1"})
    return folder
