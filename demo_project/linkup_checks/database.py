"""The databases of the checks: the one that is configured, and one for the time of a check."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlsplit

from django.db import OperationalError, connection
from django.test.utils import setup_databases

CONNECT = 5  # seconds to wait for PostgreSQL
LOCK = 3  # seconds to wait for a lock that another program holds


@contextmanager
def temporary_database() -> Iterator[Path]:
    """Let this process use a new, migrated database, and yield a folder; both are gone after the block.

    The configured database is not touched. Raises DatabaseError when none can be made.
    """
    in_use = connection.settings_dict
    configured, test = in_use["NAME"], in_use["TEST"]
    before = test["NAME"]
    with TemporaryDirectory(prefix="linkup-") as folder:
        test["NAME"] = f"{folder}/db.sqlite3" if connection.vendor == "sqlite" else f"linkup_check_{os.getpid()}"
        try:
            _make()
            yield Path(folder)
        finally:
            if in_use["NAME"] == test["NAME"]:  # else it was not made, and the configured one would be destroyed
                connection.creation.destroy_test_db(configured, verbosity=0)
            test["NAME"] = before


def open_database(changing: bool) -> None:
    """Connect to the configured database; with changing=False, a SQLite file stays as it is, byte for byte.

    Raises DatabaseError.
    """
    _wait_at_most()
    options = connection.settings_dict["OPTIONS"]
    init_command = None if changing else options.pop("init_command", None)  # it sets the mode of the journal
    try:
        connection.ensure_connection()
    finally:
        if init_command:
            options["init_command"] = init_command
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA busy_timeout = {LOCK * 1000}")
        else:
            cursor.execute(f"SET lock_timeout = '{LOCK}s'")


def database_file() -> Path | None:
    """Return the file of a SQLite database."""
    return Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None


def database_name() -> str:
    """Return what the database in use is called, without its folder."""
    return Path(connection.settings_dict["NAME"]).name


def database_url() -> str:
    """Return the LINKUP_DATABASE_URL of the database in use, for another process."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(name)}"
    return urlsplit(os.environ["LINKUP_DATABASE_URL"])._replace(path=f"/{quote(name, safe='')}").geturl()


def _make() -> None:
    _wait_at_most()
    with warnings.catch_warnings():
        # Where PostgreSQL is away, an error follows that says so.
        warnings.filterwarnings("ignore", "Normally Django will use a connection", RuntimeWarning)
        try:
            setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        except SystemExit as error:  # Django has written why
            raise OperationalError("a database could not be made") from error


def _wait_at_most() -> None:
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"].setdefault("connect_timeout", CONNECT)
