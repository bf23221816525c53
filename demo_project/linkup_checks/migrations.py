"""Whether the code and the database agree about the tables, and how to get there."""

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Count

from linkup_checks.report import Report
from messaging.models import Message

APP = "messaging"
FIELD = "updated_at"
Key = tuple[str, str]  # of a migration: app and name


def check_code(report: Report) -> None:
    """Fail for what the code gets wrong, whatever the database: conflicts, the field, a missing migration."""
    loader = MigrationLoader(None)
    for app, names in sorted(loader.detect_conflicts().items()):
        report.fail(
            f"{app} has {len(names)} last migrations: {', '.join(sorted(names))}. "
            f"Remove one, or let it depend on the other: manage.py makemigrations --merge {app}"
        )
    if FIELD not in [field.name for field in Message._meta.get_fields()]:
        report.fail(
            f"Message has no field {FIELD}. "
            f"Add it to messaging/models.py: {FIELD} = models.DateTimeField(auto_now=True)"
        )
    if not report.failed:
        changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(loader.graph)
        missing = [operation.describe() for change in changes.get(APP, []) for operation in change.operations]
        for what in missing:
            report.fail(f"no migration does what messaging/models.py asks for: {what}. manage.py makemigrations {APP}")


def check_history(report: Report, loader: MigrationLoader) -> None:
    """Warn of migrations that the database has and the code lacks. Raises InconsistentMigrationHistory."""
    for app, name in sorted(set(loader.applied_migrations) - set(loader.disk_migrations)):
        report.warn(
            f"the database has {app} {name}, which this code lacks: a newer LinkUp has used it. "
            "Run that one, or restore a backup"
        )
    loader.check_consistent_history(connection)


def plan(loader: MigrationLoader) -> list[Key]:
    """Return the migrations that are not applied, in their order."""
    keys = [key for leaf in sorted(loader.graph.leaf_nodes()) for key in loader.graph.forwards_plan(leaf)]
    return [key for key in dict.fromkeys(keys) if key not in loader.applied_migrations]


def tell_plan(report: Report, todo: list[Key]) -> None:
    """Write what is to be applied; of other apps, their names."""
    own, others = _own(todo), sorted({app for app, _name in todo if app != APP})
    for app, name in own:
        report.todo(f"{app} {name}")
    if not own:
        report.ok(f"{APP}: nothing to do")
    if others:
        report.todo(f"migrations of {', '.join(others)}")
    else:
        report.ok("all other apps: nothing to do")


def apply(report: Report, todo: list[Key]) -> None:
    """Apply all migrations, and write for each what the database says of it afterwards."""
    with report.attempt("migrate stopped"):
        call_command("migrate", interactive=False, verbosity=0)
    left = set(plan(MigrationLoader(connection)))
    for app, name in _own(todo):
        if (app, name) in left:
            report.fail(
                f"{app} {name} is not applied, and nothing of it was kept. Repair the cause, and run this again"
            )
        else:
            report.ok(f"{app} {name} is applied")
    if not [app for app, _name in left if app != APP]:
        report.ok("all other apps: every migration is applied")


def check_column(report: Report) -> None:
    """Look for the column in the database itself, and for rows that lack a value. Raises DatabaseError."""
    table = Message._meta.db_table
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    if FIELD not in columns:
        report.fail(
            f"{table} has no column {FIELD}, although its migration is recorded as applied. Take the record back "
            f"and run this again: manage.py migrate {APP} 0006 --fake"
        )
        return
    rows = Message.objects.aggregate(all=Count("pk"), filled=Count(FIELD))
    if empty := rows["all"] - rows["filled"]:
        report.fail(f"{table}.{FIELD} is NULL in {empty} of {rows['all']} rows. Fill it from created_at in a migration")
    else:
        report.ok(f"{table}.{FIELD} exists and has no NULL: {rows['all']} rows")


def _own(keys: list[Key]) -> list[Key]:
    return [key for key in keys if key[0] == APP]
