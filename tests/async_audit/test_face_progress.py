"""The bar on a terminal."""

import io

import pytest
from django.core.management import call_command
from face import DIRECT, Engine, make_project

from async_audit import progress
from async_audit.command import main
from async_audit.progress import Progress


class Terminal(io.StringIO):
    def __init__(self, isatty=True):
        super().__init__()
        self._isatty = isatty

    def isatty(self):
        return self._isatty


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_a_long_run_shows_a_bar_and_takes_it_away(clock):
    terminal = Terminal()
    with Progress(terminal) as bar:
        bar(1, 4)
        clock[0] += 2
        bar(2, 4)
        bar(3, 4)  # too soon after the last
        clock[0] += 1
        bar(4, 4)
    states = terminal.getvalue().split("\r")
    half, full = f"[{'#' * 15}{' ' * 15}] 2 of 4 files", f"[{'#' * 30}] 4 of 4 files"
    assert states == ["", half, full, " " * len(full), ""]


def test_a_short_run_shows_nothing(clock):
    terminal = Terminal()
    with Progress(terminal) as bar:
        clock[0] += 0.9
        bar(4, 4)
    assert terminal.getvalue() == ""


def test_an_error_takes_the_bar_away(clock):
    terminal = Terminal()
    with pytest.raises(KeyboardInterrupt), Progress(terminal) as bar:
        clock[0] += 2
        bar(0, 0)
        raise KeyboardInterrupt
    bar_at_zero = f"[{' ' * 30}] 0 of 0 files"
    assert terminal.getvalue() == f"\r{bar_at_zero}\r{' ' * len(bar_at_zero)}\r"


@pytest.mark.parametrize("isatty", [True, False])
@pytest.mark.parametrize("as_command", [True, False])
def test_it_is_on_standard_error_of_a_terminal_alone(tmp_path, monkeypatch, isatty, as_command):
    monkeypatch.setattr(progress, "PATIENCE", 0)
    Engine(monkeypatch, DIRECT)
    out, err = Terminal(), Terminal(isatty)
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setattr("sys.stderr", err)
    project = str(make_project(tmp_path / "project"))
    if as_command:
        with pytest.raises(SystemExit):
            call_command("check_async_errors", project)
    else:
        assert main([project]) == 1
    assert ("of 3 files" in err.getvalue()) is isatty
    assert "\n" not in err.getvalue()
    assert "of 3 files" not in out.getvalue()
