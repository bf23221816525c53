"""What the checks print: a line for each fact, and a failure for each error."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Any

from django.core.management import BaseCommand

from messaging.checks.errors import describe

STOPPED = 130  # what a shell calls the exit code of a program that ended with Ctrl-C


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
    """Writes an exception that leaves the block as a failure, and goes on after the block; else the fact, if any."""

    def __init__(self, report: Report, subject: str, fact: str) -> None:
        self.report = report
        self.subject = subject
        self.fact = fact

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> bool:
        if isinstance(error, Exception):  # and neither Ctrl-C nor a cancellation
            self.report.fail(f"{self.subject}: {describe(error)}")
            return True
        if error is None and self.fact:
            self.report.ok(f"{self.subject}: {self.fact}")
        return False


class ReportingCommand(BaseCommand, ABC):
    """A command that prints a report; it exits with 1 when that has a failure."""

    requires_system_checks: list[str] = []  # a report has its own words for what is wrong with the project

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report."""
        report = Report(self.stdout.write)
        try:
            self.check_all(report, options)
        except KeyboardInterrupt:
            report.fail("stopped by Ctrl-C")
            sys.exit(STOPPED)
        if report.failed:
            sys.exit(1)

    @abstractmethod
    def check_all(self, report: Report, options: dict[str, Any]) -> None:
        """Write the lines of the report."""
