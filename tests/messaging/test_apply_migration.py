"""apply_migration.py: what it does to a database, and what it leaves alone."""

import os
import sqlite3
from contextlib import closing

import psycopg
import pytest

from needs import skip_or_fail
from program import MIGRATION

SCRIPT = "apply_migration.py"
OTHERS = "admin, auth, contenttypes, sessions"
OWN = [
    "0001_initial",
    "0002_userstatus",
    "0003_presence",
    "0004_message_status",
    "0005_message_client_id",
    "0006_message_conversation_rules",
    "0007_add_updated_at_field",
]
UP_TO_DATE = [
    "OK    messaging: nothing to do",
    "OK    all other apps: nothing to do",
    "OK    messaging_message.updated_at exists and has no NULL: 0 rows",
]
NOT_UP_TO_DATE = "FAIL  not up to date. Run apply_migration.py without --check"
ONE_TO_DO = ["TODO  messaging 0007_add_updated_at_field", f"TODO  migrations of {OTHERS}"]
# Root may write everywhere, unless it gives that right away.
NO_ROOT = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []


def test_first_run_then_nothing_to_do(program):
    todo = [f"TODO  messaging {name}" for name in OWN] + [f"TODO  migrations of {OTHERS}"]
    done = [f"OK    messaging {name} is applied" for name in OWN]
    end = ["OK    all other apps: every migration is applied", UP_TO_DATE[-1]]
    made = [] if program.database_url else ["OK    db.sqlite3 did not exist and was made"]
    missing = [] if program.database_url else ["TODO  db.sqlite3 does not exist yet"]
    assert program.run(SCRIPT, "--check") == (1, [*missing, *todo, NOT_UP_TO_DATE])
    assert not program.file.exists()
    assert program.run(SCRIPT) == (0, [*made, *todo, *done, *end])
    assert program.run(SCRIPT) == program.run(SCRIPT, "--check") == (0, UP_TO_DATE)


@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
def test_check_changes_no_byte(old_file_program, journal):
    program = old_file_program
    program.sql(f"PRAGMA journal_mode={journal}")
    before = program.file.read_bytes()
    code, lines = program.run(SCRIPT, "--check")
    assert (code, lines[0], lines[-1]) == (1, ONE_TO_DO[0], NOT_UP_TO_DATE)
    assert program.file.read_bytes() == before
    assert [path.name for path in program.root.glob("db.sqlite3*")] == ["db.sqlite3"]


def test_rows_from_before_the_field_are_kept(old_program):
    old_program.add_messages()
    rows = "SELECT id, sender_id, recipient_id, content, status, created_at FROM messaging_message ORDER BY id"
    before = old_program.sql(rows)
    assert old_program.run(SCRIPT) == (
        0,
        [
            *ONE_TO_DO,
            "OK    messaging 0007_add_updated_at_field is applied",
            "OK    all other apps: every migration is applied",
            "OK    messaging_message.updated_at exists and has no NULL: 3 rows",
        ],
    )
    assert old_program.sql(rows) == before
    assert old_program.sql("SELECT count(*) FROM messaging_message WHERE updated_at = created_at") == [(3,)]


BOOM = (
    'def fill_from_created_at(apps, schema_editor):\n    raise ValueError("boom")\n\n\ndef unused(apps, schema_editor):'
)
SQL = 'migrations.RunSQL("SELECT * FROM no_such_table")'


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        (
            "def fill_from_created_at(apps, schema_editor):",
            BOOM,
            f"ValueError in {MIGRATION}:6 fill_from_created_at: boom",
        ),
        ("migrations.RunPython(fill_from_created_at, migrations.RunPython.noop)", SQL, "no_such_table"),
    ],
    ids=["Python", "SQL"],
)
def test_a_migration_that_fails_half_way_leaves_nothing(old_program, before, after, error):
    old_program.add_messages()
    columns, rows = old_program.columns(), old_program.sql("SELECT * FROM messaging_message ORDER BY id")
    assert "updated_at" not in columns
    good = (old_program.root / MIGRATION).read_text()
    old_program.edit(MIGRATION, before, after)
    code, lines = old_program.run(SCRIPT)
    assert (code, lines[:2]) == (1, ONE_TO_DO)
    assert lines[2].startswith("FAIL  migrate stopped: ")
    assert error in lines[2]
    kept = "FAIL  messaging 0007_add_updated_at_field is not applied, and nothing of it was kept. "
    assert lines[3].startswith(kept)
    assert old_program.columns() == columns
    assert old_program.sql("SELECT * FROM messaging_message ORDER BY id") == rows

    (old_program.root / MIGRATION).write_text(good)
    assert old_program.run(SCRIPT)[0] == 0
    assert old_program.sql("SELECT count(*) FROM messaging_message WHERE updated_at = created_at") == [(3,)]


def test_every_migration_is_a_transaction():
    """Else "nothing of it was kept" would be untrue."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    assert connection.features.can_rollback_ddl
    migrations = MigrationLoader(None).disk_migrations
    assert all(migration.atomic for (app, _name), migration in migrations.items() if app == "messaging")


def test_the_fault_of_the_incident(file_program):
    """First the model lacks the field, then the field its migration, and then all is well."""
    program = file_program
    models, migration = program.root / "messaging/models.py", program.root / MIGRATION
    good_models, good_migration = models.read_text(), migration.read_text()
    program.edit("messaging/models.py", "    updated_at = models.DateTimeField(auto_now=True)\n", "")
    migration.unlink()
    no_field = (
        "FAIL  Message has no field updated_at. "
        "Add it to messaging/models.py: updated_at = models.DateTimeField(auto_now=True)"
    )
    assert program.run(SCRIPT) == program.run(SCRIPT, "--check") == (1, [no_field])
    models.write_text(good_models)
    no_migration = (
        "FAIL  no migration does what messaging/models.py asks for: Add field updated_at to message. "
        "manage.py makemigrations messaging"
    )
    assert program.run(SCRIPT) == program.run(SCRIPT, "--check") == (1, [no_migration])
    assert not program.file.exists()
    migration.write_text(good_migration)
    assert program.run(SCRIPT)[0] == 0


def test_two_last_migrations(file_program):
    text = (file_program.root / MIGRATION).read_text()
    (file_program.root / MIGRATION).with_name("0007_reactions.py").write_text(text)
    assert file_program.run(SCRIPT) == (
        1,
        [
            "FAIL  messaging has 2 last migrations: 0007_add_updated_at_field, 0007_reactions. "
            "Remove one, or let it depend on the other: manage.py makemigrations --merge messaging"
        ],
    )
    assert not file_program.file.exists()


def test_a_migration_that_is_no_python(file_program):
    file_program.edit(MIGRATION, "from django.db import migrations, models", "from django.db import")
    code, [line] = file_program.run(SCRIPT)
    assert code == 1
    assert line.startswith(f"FAIL  the migrations cannot be read: SyntaxError in {MIGRATION}:1: ")
    assert not file_program.file.exists()


def test_a_database_newer_than_the_code(program):
    program.migrate()
    program.sql("INSERT INTO django_migrations (app, name, applied) VALUES ('messaging', '0008_likes', '2024-01-01')")
    warning = (
        "WARN  the database has messaging 0008_likes, which this code lacks: a newer LinkUp has used it. "
        "Run that one, or restore a backup"
    )
    assert program.run(SCRIPT) == program.run(SCRIPT, "--check") == (0, [warning, *UP_TO_DATE])


def test_a_migration_that_was_only_recorded(old_program):
    old_program.migrate("messaging", "0007", "--fake")
    code, lines = old_program.run(SCRIPT)
    assert (code, lines[0]) == (1, UP_TO_DATE[0])
    assert lines[-1].startswith("FAIL  messaging_message has no column updated_at, although its migration is recorded")
    *_words, app, name, option = lines[-1].split()
    old_program.migrate(app, name, option)
    assert old_program.run(SCRIPT)[0] == 0


def test_rows_without_a_value(old_program):
    old_program.add_messages()
    old_program.edit("messaging/models.py", "(auto_now=True)", "(auto_now=True, null=True)")
    old_program.edit(MIGRATION, "migrations.RunPython(fill_from_created_at, migrations.RunPython.noop),", "")
    old_program.edit(MIGRATION, "(auto_now=True)", "(auto_now=True, null=True)")
    code, lines = old_program.run(SCRIPT)
    null = "FAIL  messaging_message.updated_at is NULL in 3 of 3 rows. Fill it from created_at in a migration"
    assert (code, lines[-1]) == (1, null)


NO_FILE = "unable to open database file. It has to be a file, in a folder that exists and that you may write to"
NO_RIGHT = "attempt to write a readonly database. Give yourself the right to write the file and its folder"


def make_a_folder(path):
    path.mkdir()


def make_a_text(path):
    path.write_text("Dear diary, " * 100)


def forbid_the_folder(path):
    path.parent.chmod(0o555)


def forbid_the_file(path):
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 1")
    path.chmod(0o444)
    path.parent.chmod(0o555)


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (make_a_folder, f"OperationalError: {NO_FILE}"),
        (
            make_a_text,
            "DatabaseError: file is not a database. Move that file away, or name another one in LINKUP_DATABASE_URL",
        ),
        (forbid_the_folder, f"OperationalError: {NO_FILE}"),
        (forbid_the_file, f"OperationalError: {NO_RIGHT}"),
    ],
)
def test_a_file_that_cannot_be_used(file_program, spoil, error):
    spoil(file_program.file)
    done = file_program.run(SCRIPT, prefix=NO_ROOT)
    file_program.root.chmod(0o755)
    assert done == (1, [f"FAIL  db.sqlite3 cannot be used: {error}"])
    assert not list(file_program.root.glob("db.sqlite3-*"))


def test_a_locked_file(old_file_program):
    program = old_file_program
    program.edit("linkup_checks/database.py", "LOCK = 3 ", "LOCK = 1 ")
    with closing(sqlite3.connect(program.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, lines = program.run(SCRIPT)
        other.execute("ROLLBACK")
    assert code == 1
    assert (
        "FAIL  migrate stopped: OperationalError: database is locked. "
        "Another program is writing to it. Stop that program, or wait for it, and try again"
    ) in lines
    assert "updated_at" not in program.columns()
    assert program.run(SCRIPT)[0] == 0


def test_a_locked_table(old_program):
    if not old_program.database_url:
        skip_or_fail("services", "needs PostgreSQL in LINKUP_DATABASE_URL")
    old_program.edit("linkup_checks/database.py", "LOCK = 3 ", "LOCK = 1 ")
    with closing(psycopg.connect(old_program.database_url)) as other:
        other.execute("SELECT * FROM messaging_message")
        code, lines = old_program.run(SCRIPT)
    assert code == 1
    assert lines[2] == (
        "FAIL  migrate stopped: OperationalError: canceling statement due to lock timeout. "
        "Another program holds a lock on the table. Stop it, or wait for it, and try again"
    )
    assert "updated_at" not in old_program.columns()
    assert old_program.run(SCRIPT)[0] == 0


def test_a_server_that_is_not_there(file_program):
    code, [line] = file_program.run(SCRIPT, LINKUP_DATABASE_URL="postgres://u:secret@127.0.0.1:1/linkup")
    assert code == 1
    assert line.startswith(
        'FAIL  linkup cannot be used: OperationalError: connection failed: connection to server at "'
    )
    assert line.endswith("Start PostgreSQL, or correct LINKUP_DATABASE_URL")
    assert "secret" not in line


def test_a_database_that_is_not_there(program):
    if not program.database_url:
        skip_or_fail("services", "needs PostgreSQL in LINKUP_DATABASE_URL")
    address = program.database_url.rpartition("/")[0] + "/no_such_database"
    code, [line] = program.run(SCRIPT, LINKUP_DATABASE_URL=address)
    assert code == 1
    assert line.endswith('database "no_such_database" does not exist. Create it, or correct LINKUP_DATABASE_URL')
