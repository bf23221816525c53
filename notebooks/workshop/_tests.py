"""Run pytest on files of tests, and print a line for each test: its name, and what became of it.

Arguments: the files. Run by `workshop.site`, never imported.
"""

import os
import sys
from collections.abc import Generator
from contextlib import redirect_stdout
from typing import Any

sys.path[0] = "."  # the program's folder, and not this one's

import pytest  # noqa: E402

# As in a project of its own: neither the settings nor the conftest.py of this kit.
OPTIONS = [
    *("-p", "pytest_django.plugin", "-p", "pytest_asyncio.plugin", "-p", "no:cacheprovider"),
    *("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function", "-o", "filterwarnings=ignore"),
    *("-c", os.devnull, "--rootdir", ".", "--noconftest", "--capture=no", "--nomigrations"),
]


class Lines:
    """Prints of each test that it passed, or why it did not."""

    def __init__(self) -> None:
        """Keep where to print: pytest's own report goes elsewhere."""
        self._stdout = sys.stdout
        self.why = ""  # pytest has come to no test

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
        """Print a line once a test has been called, or cannot be."""
        report = yield
        if call.when == "call" or not report.passed:
            error = f": {call.excinfo.typename}: {call.excinfo.value}" if call.excinfo else ""
            print(f"{item.name} {report.outcome}{error}".splitlines()[0], file=self._stdout)
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what is wrong with a file."""
        if report.failed:
            self.why = report.longreprtext.splitlines()[-1].removeprefix("E").strip()


lines = Lines()
with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
    code = pytest.main([*OPTIONS, *sys.argv[1:]], plugins=[lines])
if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
    sys.exit(lines.why or f"{code!r}")
