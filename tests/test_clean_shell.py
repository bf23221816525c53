"""One test by itself, in one process, started in a shell in which nothing is set."""

import os
import subprocess
import sys
from pathlib import Path

NAMES = ("LINKUP_", "DJANGO_", "WORKSHOP_", "PYTEST_")
QUICK = ["-o", "addopts=", "-p", "no:nbval", "-p", "no:hypothesispytest", "-p", "no:cacheprovider"]


def test_the_settings_are_for_this_machine(client, settings):
    assert client.get("/").url == "/login/?next=/"  # and not https://
    assert Path(settings.LOG_FILE).parent.name.startswith("workshop-tests-")  # the run's, or its first process's


def test_they_are_so_in_a_clean_shell(tmp_path):
    environ = {name: value for name, value in os.environ.items() if not name.startswith(NAMES)}
    selection = f"{Path(__file__).name}::test_the_settings_are_for_this_machine"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *QUICK, selection],
        cwd=Path(__file__).parent,
        env=environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert not list(tmp_path.iterdir())  # nothing is left behind
