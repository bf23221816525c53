"""A program of the gallery as a test: what pytest, pytest-django and pytest-asyncio make of it.

Part of the gallery's process, and only of one run of it.
"""

import os
import sys
from collections.abc import Callable, Generator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

OPTIONS = [
    *("-p", "pytest_django.plugin", "-p", "pytest_asyncio.plugin", "-p", "no:cacheprovider"),
    *("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function", "-o", "filterwarnings=default"),
    *("-c", os.devnull, "--rootdir", ".", "--noconftest", "--capture=no", "--import-mode=importlib"),
]


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Use the database that this run has, in place of pytest-django's own: its tables and rows are there."""


class OneTest:
    """Makes one function of a module that is loaded already the only test, and keeps the error of it."""

    def __init__(self, name: str, test: Callable[..., Any]) -> None:
        """Take the name under which the module has the function, and what shall be run in its place."""
        self.error: BaseException | None = None
        self.has_run = False
        self._name = name
        self._test = test
        self._stdout = sys.stdout

    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> pytest.Module:
        """Collect from the module as it was loaded, with what a learner has put into it."""
        module = sys.modules[module_path.stem]
        vars(module).update({self._name: self._test, "django_db_setup": django_db_setup})

        class Loaded(pytest.Module):
            def _getobj(self) -> Any:
                return module

        return Loaded.from_parent(parent, path=module_path)

    def pytest_exception_interact(self, call: pytest.CallInfo[Any]) -> None:
        """Keep the first error: of the test, of a fixture, or of what keeps pytest from either."""
        if self.error is None and call.excinfo:
            self.error = call.excinfo.value

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, Any, Any]:
        """Let the test print where the program's prints are heard, and note that it came to it."""
        self.has_run = True
        with redirect_stdout(self._stdout):
            return (yield)


def run_test(program: Callable[..., Any]) -> tuple[None, BaseException | None]:
    """Run a program as the one test of its file. Raises RuntimeError when pytest has not come to it."""
    file = sys.modules[program.__module__].__file__
    one = OneTest(program.__name__, program)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    only = ["-o", f"python_files={Path(str(file)).name}", "-o", f"python_functions={program.__name__}"]
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        code = pytest.main([*OPTIONS, *only, f"{file}::{program.__name__}"], plugins=[one])
    if not one.has_run and one.error is None:
        raise RuntimeError(f"pytest has not run {program.__name__}: exit code {int(code)}")
    return None, one.error
