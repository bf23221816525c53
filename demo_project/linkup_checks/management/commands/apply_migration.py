"""Brings the database up to date, and proves that it is."""

from argparse import ArgumentParser
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from linkup_checks.database import database_file, database_name, open_database
from linkup_checks.migrations import apply, check_code, check_column, check_history, plan, tell_plan
from linkup_checks.report import Report, ReportingCommand


class Command(ReportingCommand):
    """Show the migrations that are not applied, apply them, and look at the column messaging_message.updated_at."""

    help = "Apply LinkUp's migrations and verify them; exit 1 when something is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --check."""
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something is to do")

    def check_all(self, report: Report, options: dict[str, Any]) -> None:
        """Stop before the database is changed when code or history is wrong."""
        with report.attempt("the migrations cannot be read"):
            check_code(report)
        if report.failed:
            return
        with report.attempt(f"{database_name()} cannot be used"):
            self.migrate(report, only_check=options["check"])

    def migrate(self, report: Report, only_check: bool) -> None:
        """Apply what is not applied, unless only asked about it. Raises DatabaseError."""
        file = database_file()
        is_new = bool(file and not file.exists())
        if is_new and only_check:
            report.todo(f"{database_name()} does not exist yet")
            loader = MigrationLoader(None)
        else:
            open_database(changing=not only_check)
            if is_new:
                report.ok(f"{database_name()} did not exist and was made")
            loader = MigrationLoader(connection)
            check_history(report, loader)
        todo = plan(loader)
        tell_plan(report, todo)
        if todo and only_check:
            report.fail("not up to date. Run apply_migration.py without --check")
            return
        if todo:
            apply(report, todo)
        if not report.failed:
            check_column(report)
