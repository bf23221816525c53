"""The history of the tables, as far as it matters to somebody who upgrades."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_0007_fills_updated_at_from_created_at_and_can_be_undone(ana, ben):
    before = [("messaging", "0006_message_conversation_rules")]
    after = [("messaging", "0007_add_updated_at_field")]
    MigrationExecutor(connection).migrate(before)
    try:
        apps = MigrationExecutor(connection).loader.project_state(before).apps
        old = apps.get_model("messaging", "Message").objects.create(
            sender_id=ana.pk, recipient_id=ben.pk, content="old"
        )
        MigrationExecutor(connection).migrate(after)
        apps = MigrationExecutor(connection).loader.project_state(after).apps
        new = apps.get_model("messaging", "Message").objects.get()
        assert (new.content, new.updated_at) == ("old", old.created_at)
        MigrationExecutor(connection).migrate(before)
        with connection.cursor() as cursor:
            table = connection.introspection.get_table_description(cursor, "messaging_message")
        assert "updated_at" not in [column.name for column in table]
    finally:
        MigrationExecutor(connection).migrate(after)
