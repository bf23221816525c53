"""Sends a message through a running LinkUp, as two browsers would."""

import asyncio
from pathlib import Path
from typing import Any

from linkup_checks.conversation import STEPS, Conversation, add_people
from linkup_checks.database import temporary_database
from linkup_checks.report import Report, ReportingCommand
from linkup_checks.server import first_error, running_server


class Command(ReportingCommand):
    """Go all the way of a message, with a server and a database that are made for it and removed afterwards."""

    help = "Send a message through a real LinkUp server on a temporary database; exit 1 when a step fails."

    def check_all(self, report: Report, options: dict[str, Any]) -> None:
        """Name the first error in the server's log beside the step that failed."""
        with report.attempt("temporary database"), temporary_database() as folder:
            log = folder / "server.log"
            add_people()
            asyncio.run(self.check_conversation(report, log))
            if error := first_error(log):
                report.fail(f"the server's log: {error}")
            else:
                report.ok("the server's log: it has no error")

    async def check_conversation(self, report: Report, log: Path) -> None:
        """Write a line for each step, up to the first that fails."""
        with report.attempt("server"):
            async with running_server(log) as port:
                report.ok("server: it listens on 127.0.0.1")
                conversation = Conversation(port)
                for subject, fact, step in STEPS:
                    with report.attempt(subject, fact):
                        await step(conversation)
                    if report.failed:
                        return
