"""Runs every async database operation of LinkUp, one after the other and ten at once."""

import asyncio
from collections.abc import Awaitable
from importlib import import_module
from typing import Any

from linkup_checks.database import temporary_database
from linkup_checks.errors import UnexpectedResult
from linkup_checks.report import Report, ReportingCommand

LIMIT = 5  # seconds for one check
TOGETHER = 8  # seconds for all


class Command(ReportingCommand):
    """Call the operations in an event loop, on a database that is made for it and removed afterwards."""

    help = "Run LinkUp's async database operations on a temporary database; exit 1 when one of them fails."

    def check_all(self, report: Report, options: dict[str, Any]) -> None:
        """Go on after a failure, so that all places to repair are named."""
        with report.attempt("temporary database"), temporary_database():
            asyncio.run(self.check_operations(report))

    async def check_operations(self, report: Report) -> None:
        """Write a line for each operation."""
        deadline = asyncio.get_running_loop().time() + TOGETHER
        with report.attempt("LinkUp cannot be loaded"):
            # Here, since a wrong decorator is an error at import.
            operations = import_module("linkup_checks.operations")
            people = await operations.prepare()
            for subject, fact, check in operations.CHECKS:
                with report.attempt(subject, fact):
                    await in_time(check(people), deadline)


async def in_time(check: Awaitable[None], deadline: float) -> None:
    """Await a check. Raises UnexpectedResult after LIMIT, and when the deadline for all is over."""
    try:
        async with asyncio.timeout_at(min(deadline, asyncio.get_running_loop().time() + LIMIT)):
            await check
    except TimeoutError:
        raise UnexpectedResult("it does not end") from None
