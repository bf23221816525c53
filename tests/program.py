"""A copy of LinkUp to change, and its scripts as a user runs them."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import psycopg

from workshop.scratch import BESIDE, NOT_SOURCE, PROJECT

MIGRATION = "messaging/migrations/0007_add_updated_at_field.py"


class Program:
    """LinkUp in a folder of its own, with a database of its own; each run starts elsewhere, with an empty HOME."""

    def __init__(self, folder, database_url=""):
        self.root = shutil.copytree(PROJECT, folder / "linkup", ignore=shutil.ignore_patterns(*BESIDE, *NOT_SOURCE))
        self.file = self.root / "db.sqlite3"
        self.database_url = database_url
        self.elsewhere, self.home, self.temporary = (folder / name for name in ("elsewhere", "home", "tmp"))
        for empty in (self.elsewhere, self.home, self.temporary):
            empty.mkdir()

    def edit(self, file, before, after):
        path = self.root / file
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after, 1))

    def start(self, *command, prefix=(), **environ):
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("LINKUP_", "DJANGO_"))}
        own = {"HOME": str(self.home), "TMPDIR": str(self.temporary), "LINKUP_SECRET_KEY": "x" * 50}
        if self.database_url:
            own["LINKUP_DATABASE_URL"] = self.database_url
        script, *arguments = command
        return subprocess.Popen(
            [*prefix, sys.executable, str(self.root / script), *arguments],
            cwd=self.elsewhere,
            env=clean | own | {"PYTHONDONTWRITEBYTECODE": "1"} | environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command, **options):
        """Return exit code and output of a script; none shows a traceback or leaves something behind."""
        with self.start(*command, **options) as process:
            output, _nothing = process.communicate(timeout=100)
        assert "Traceback" not in output
        self.assert_nothing_left(process)
        return process.returncode, output.splitlines()

    def interrupt(self, script, line, by=signal.SIGINT):
        """Send a signal once a script has written a line; return what `run` does."""
        with self.start(script, PYTHONUNBUFFERED="1") as process:
            while not process.stdout.readline().startswith(line):
                assert process.poll() is None
            process.send_signal(by)
            output, _nothing = process.communicate(timeout=100)
        self.assert_nothing_left(process)
        return process.returncode, output.splitlines()

    def assert_nothing_left(self, process):
        for folder in (self.elsewhere, self.home, self.temporary):
            assert not list(folder.iterdir())
        if self.database_url.startswith("postgres"):
            assert not self.sql(f"SELECT 1 FROM pg_database WHERE datname = 'linkup_check_{process.pid}'")

    def migrate(self, *target):
        code, output = self.run("manage.py", "migrate", "-v0", *target)
        assert code == 0, output

    def sql(self, statement):
        """Return the rows of a query, or nothing."""
        connect = psycopg.connect if self.database_url.startswith("postgres") else sqlite3.connect
        with closing(connect(self.database_url or self.file)) as database:
            cursor = database.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
            database.commit()
            return rows

    def add_messages(self):
        """Store three messages between two users, in the tables as they were before 0007."""
        for user in (1, 2):
            self.sql(
                "INSERT INTO auth_user (id, username, password, first_name, last_name, email, is_staff, is_superuser,"
                f" is_active, date_joined, last_login) VALUES ({user}, 'u{user}', '', '', '', '', FALSE, FALSE, TRUE,"
                " '2024-01-01', '2024-01-01')"
            )
        for row in (1, 2, 3):
            self.sql(
                "INSERT INTO messaging_message (id, sender_id, recipient_id, content, status, created_at)"
                f" VALUES ({row}, 1, 2, 'message {row}', 'read', '2024-01-0{row} 12:00:00+00:00')"
            )

    def columns(self):
        """Return the columns of the table of messages."""
        source = "pragma_table_info('messaging_message')"
        if self.database_url:
            source = "information_schema.columns WHERE table_name = 'messaging_message'"
        return sorted(
            row[0] for row in self.sql(f"SELECT {'column_name' if self.database_url else 'name'} FROM {source}")
        )
