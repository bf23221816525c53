"""What the checks print: a line for each fact, and a failure for each error."""

import signal
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

from django.core.management import BaseCommand

from linkup_checks.errors import describe

STOPPED = 128  # and the number of the signal is what a shell calls the exit code of a program that it ended


class Report:
    """Writes the lines, and remembers whether one of them is a failure."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write = write
        self.failed = False

    def ok(self, fact: str) -> None:
        """Write what is as it should be."""
        self.write(f"OK    {fact}")

    def todo(self, fact: str) -> None:
        """Write what is still to be done."""
        self.write(f"TODO  {fact}")

    def warn(self, fact: str) -> None:
        """Write what somebody should look at."""
        self.write(f"WARN  {fact}")

    def fail(self, fact: str) -> None:
        """Write what is wrong, and what to do."""
        self.failed = True
        self.write(f"FAIL  {fact}")

    def attempt(self, subject: str, fact: str = "") -> "Attempt":
        """Return a context for work that may fail in any way.

        with report.attempt("find_user", "finds a user by name"): …
        """
        return Attempt(self, subject, fact)


class Attempt:
    """Writes an exception that leaves the block as a failure, and goes on after the block; else the fact, if any.

    A failure names the fact too, since several checks may have one subject; what happened instead is the next line.
    """

    def __init__(self, report: Report, subject: str, fact: str) -> None:
        self.report = report
        self.subject = subject
        self.fact = fact

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> bool:
        if isinstance(error, Exception):  # and neither Ctrl-C nor a cancellation
            said = f"{self.subject}: {self.fact}\n      " if self.fact else f"{self.subject}: "
            self.report.fail(f"{said}{describe(error)}")
            return True
        if error is None and self.fact:
            self.report.ok(f"{self.subject}: {self.fact}")
        return False


class ReportingCommand(BaseCommand, ABC):
    """A command that prints a report; it exits with 1 when that has a failure."""

    requires_system_checks: list[str] = []  # a report has its own words for what is wrong with the project
    asked_by: int = signal.SIGINT  # to end

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report. One that is asked to end removes its server and database first."""
        report = Report(self.stdout.write)
        signal.signal(signal.SIGTERM, self.end_as_with_ctrl_c)
        try:
            self.check_all(report, options)
        except KeyboardInterrupt:
            report.fail("stopped by SIGTERM" if self.asked_by == signal.SIGTERM else "stopped by Ctrl-C")
            sys.exit(STOPPED + self.asked_by)
        if report.failed:
            sys.exit(1)

    def end_as_with_ctrl_c(self, number: int, _frame: FrameType | None) -> None:
        """Do what asyncio knows how to do: cancel what runs, and wait for its end."""
        self.asked_by = number
        signal.raise_signal(signal.SIGINT)

    @abstractmethod
    def check_all(self, report: Report, options: dict[str, Any]) -> None:
        """Write the lines of the report."""
