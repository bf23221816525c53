"""The database of a copy: made by the shipped program, and old where the copy's migrations are."""

import sqlite3
from contextlib import closing

import pytest

from workshop import Lab, ServerDidNotStart
from workshop.database import error_of, seeded_database
from workshop.scratch import PROJECT

BUG = "01_missing_updated_at"
SHIPPED = "messaging/migrations/0007_add_updated_at_field.py"
LAST = "SELECT max(name) FROM django_migrations WHERE app = 'messaging'"
WITHOUT = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_message_conversation_rules")]
    operations = []
"""


@pytest.fixture
async def lab(scratch):
    lab = Lab(BUG)
    yield lab
    await lab.close()


def rows(seeded, sql):
    with closing(sqlite3.connect(seeded.file)) as database:
        return database.execute(sql).fetchall()


@pytest.fixture
def cache(scratch):
    return scratch / ".cache"


def seeded(lab, cache):
    return seeded_database(lab.root, cache)


def test_a_copy_with_an_older_migration_gets_an_old_database_with_people_and_messages(lab, cache):
    database = seeded(lab, cache)
    assert rows(database, LAST) == [("0006_message_conversation_rules",)]
    assert rows(database, "SELECT count(*) FROM messaging_message") == [(3,)]
    assert "updated_at" not in [column for _n, column, *_ in rows(database, "PRAGMA table_info(messaging_message)")]
    assert set(database.sessions) == {"ana", "ben", "chloe"}


def test_the_shipped_program_gets_its_own(lab, cache):
    lab.fix()
    database = seeded(lab, cache)
    assert rows(database, LAST) == [("0007_add_updated_at_field",)]
    assert rows(database, "SELECT count(*) FROM messaging_message WHERE updated_at <> created_at") == [(0,)]
    assert seeded(lab, cache) == database


def test_a_copy_migrates_the_old_rows_itself(lab, cache):
    path = lab.root / SHIPPED
    shipped = (PROJECT / SHIPPED).read_text()
    path.write_text(shipped.replace('update(updated_at=F("created_at"))', 'update(updated_at="2001-01-01T00:00Z")'))
    years = "SELECT DISTINCT substr(updated_at, 1, 4) FROM messaging_message"
    assert rows(seeded(lab, cache), years) == [("2001",)]
    path.write_text(WITHOUT)  # another text is another database
    assert "updated_at" not in [
        column for _n, column, *_ in rows(seeded(lab, cache), "PRAGMA table_info(messaging_message)")
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WITHOUT.replace("[]", "["), rf"prepared: {SHIPPED}:6: SyntaxError: '.' was never closed$"),
        (WITHOUT.replace("[]", "[1 / 0]"), rf"prepared: {SHIPPED}:6: ZeroDivisionError: division by zero$"),
        (WITHOUT.replace("0006_message", "0005_message"), r"NodeNotFoundError: .* nonexistent parent node"),
    ],
)
def test_a_migration_that_cannot_run_names_the_line_and_leaves_nothing(lab, cache, monkeypatch, text, says):
    monkeypatch.setenv("FORCE_COLOR", "1")  # as in a notebook
    (lab.root / SHIPPED).write_text(text)
    with pytest.raises(ServerDidNotStart, match=says):
        seeded(lab, cache)
    assert not list(cache.glob("draft-*"))


async def test_two_migrations_with_one_number_are_told_with_django_s_advice(lab):
    lab.apply("3_two_migrations_0007")
    with pytest.raises(ServerDidNotStart, match=r"(?s)Conflicting migrations .*0007_announcement.*--merge"):
        await lab.serve()


@pytest.mark.parametrize(
    ("output", "error"),
    [
        ("Traceback\n  File x\nValueError: no", "ValueError: no"),
        ("a.b.Wrong: two\nlines", "a.b.Wrong: two\nlines"),
        ("ValueError: one\n\nDuring handling\n\nKeyError: two", "KeyError: two"),
        ("stopped", "stopped"),
        ("", "it printed nothing"),
    ],
)
def test_the_error_of_a_failed_program(output, error):
    assert error_of(output) == error


async def test_manage_py_migrates_the_database_that_a_server_left(lab, capsys):
    async with await lab.serve():
        pass
    lab.fix()
    assert await lab.run("manage.py", "migrate", "messaging") == 0
    assert "Applying messaging.0007_add_updated_at_field... OK" in capsys.readouterr().out
    assert await lab.run("manage.py", "migrate", "nothing_of_that_name") == 1
