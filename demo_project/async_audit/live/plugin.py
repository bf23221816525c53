"""The pytest plugin: `pytest -p async_audit.live.plugin --async-audit` fails on what tests make event loops do."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from async_audit.errors import CannotLook
from async_audit.live.options import Options, add_options
from async_audit.report import StaticFinding, Step

if TYPE_CHECKING:
    from async_audit.live.session import Session

NAME = "async_audit"  # of the option, of the plugin that watches, and of what a worker of pytest-xdist sends


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; without the first, nothing is watched."""
    group = parser.getgroup(NAME, "what must not happen on an event loop")
    group.addoption("--async-audit", action="store_true", help="watch the event loops while tests run")
    add_options(group.addoption, "--async-audit-")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch."""
    if not config.getoption(NAME):
        return
    from async_audit.live.session import Session  # it needs Django, and pytest without the option may have none

    try:
        session = Session(config.rootpath, Options.chosen(vars(config.option), f"{NAME}_"))
    except CannotLook as error:
        raise pytest.UsageError(str(error)) from None
    session.start()
    config.pluginmanager.register(Watch(config, session), NAME)


class Watch:
    """The hooks of a run that is watched."""

    def __init__(self, config: pytest.Config, session: "Session") -> None:
        self._config, self._session = config, session

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Stop watching; a worker sends what it has found, and else the run fails on it."""
        self._session.stop()
        if hasattr(self._config, "workeroutput"):
            found = self._session.findings().items()
            self._config.workeroutput[NAME] = [(asdict(finding), times) for finding, times in found]
            return
        try:
            self._text, code = self._session.report()
        except CannotLook as error:
            self._text, code = str(error), int(pytest.ExitCode.USAGE_ERROR)
        session.exitstatus = session.exitstatus or code

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker of pytest-xdist has found; one that crashed has sent nothing."""
        sent = getattr(node, "workeroutput", {}).get(NAME, [])
        self._session.add((_finding(**fields), times) for fields, times in sent)

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        """Print the report, or where it is."""
        terminalreporter.section("async audit")
        terminalreporter.write_line(self._text)


def _finding(chain: list[dict[str, Any]], **fields: Any) -> StaticFinding:
    return StaticFinding(chain=tuple(Step(**step) for step in chain), **fields)
