"""The history of the tables, as far as it matters to somebody who upgrades."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F

BEFORE = [("messaging", "0006_message_conversation_rules")]
AFTER = [("messaging", "0007_add_updated_at_field")]
ROWS, VARIED = 100_000, 2_000
COLUMNS = "sender_id, recipient_id, content, status, client_id, created_at"


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def message_at(target):
    """Return the model as it is after a migration."""
    return MigrationExecutor(connection).loader.project_state(target).apps.get_model("messaging", "Message")


@pytest.fixture
def many_messages(transactional_db, ana, ben):
    """A database as it was before 0007, with messages of ten years."""
    MigrationExecutor(connection).migrate(BEFORE)
    message = message_at(BEFORE)
    step = timedelta(days=3650) / VARIED
    pairs = [(ana.pk, ben.pk), (ben.pk, ana.pk)]
    message._meta.get_field("created_at").auto_now_add = False
    message.objects.bulk_create(
        message(
            sender_id=pairs[n % 2][0],
            recipient_id=pairs[n % 2][1],
            content=f"message {n} – Grüße",
            status=("sent", "delivered", "read")[n % 3],
            created_at=datetime(2016, 1, 1, tzinfo=UTC) + n * step,
        )
        for n in range(VARIED)
    )
    copy = f"INSERT INTO messaging_message ({COLUMNS}) SELECT {COLUMNS} FROM messaging_message ORDER BY id LIMIT %s"
    with transaction.atomic(), connection.cursor() as cursor:
        for _ in range(ROWS // VARIED - 1):
            cursor.execute(copy, [VARIED])
    yield
    MigrationExecutor(connection).migrate(AFTER)


def content():
    """Return the number of rows, and one checksum of all that 0006 knows of them."""
    checksum, rows = hashlib.sha256(), 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {COLUMNS} FROM messaging_message ORDER BY id")
        for row in cursor:
            checksum.update(repr(row).encode())
            rows += 1
    return rows, checksum.hexdigest()


def test_0007_keeps_every_row_fills_updated_at_from_created_at_and_can_be_undone(many_messages):
    before = content()
    assert before[0] == ROWS
    MigrationExecutor(connection).migrate(AFTER)
    message = message_at(AFTER)
    assert content() == before
    assert message.objects.filter(updated_at=F("created_at")).count() == ROWS
    assert not column("updated_at").null_ok
    MigrationExecutor(connection).migrate(BEFORE)
    assert content() == before
    assert column("updated_at") is None


def column(name):
    """Return what the database says of a column of the messages, or None."""
    with connection.cursor() as cursor:
        table = connection.introspection.get_table_description(cursor, "messaging_message")
    return next((column for column in table if column.name == name), None)
