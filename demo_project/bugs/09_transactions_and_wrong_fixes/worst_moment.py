"""A message is stored while something comes between; print what is wrong afterwards.

First the database fails right after the row is written. Then another process writes in the same chat right before the
transaction that writes the row.
"""

import asyncio
import sqlite3
from contextlib import closing
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created

from messaging.message_persistence_manager import create_message_async
from messaging.models import Message

ANA, BEN = (get_user_model().objects.get(username=name).pk for name in ("ana", "ben"))
COLUMNS = "sender_id, recipient_id, content, status, created_at, updated_at"
seen = []
in_between = None


def write_elsewhere():
    """Let another process store a message of Ana's; return its id, or None where the database keeps it out."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)) as database:
        try:
            values = f"VALUES ({ANA}, {BEN}, 'from my phone', 'sent', 0, 0)"
            return database.execute(f"INSERT INTO messaging_message ({COLUMNS}) {values}").lastrowid
        except sqlite3.OperationalError:  # locked: it waits for its turn
            return None


def fails_after_the_row(execute, sql, params, many, context):
    """Fail at the first question or change after the row is written."""
    if "stored" in seen and sql.startswith(("SELECT", "UPDATE")):
        seen.append("failed")
        raise OperationalError("no space left")
    result = execute(sql, params, many, context)
    if sql.startswith("INSERT INTO"):
        seen.append("stored")
    return result


def writes_before(execute, sql, params, many, context):
    """Let the other process in at the last moment before it would have to wait."""
    if sql.startswith(("BEGIN", "INSERT INTO")) and not seen:
        seen.append(write_elsewhere())
    return execute(sql, params, many, context)


def watch(connection, **kwargs):
    """Have each statement of a new connection go through the function of the moment."""
    connection.execute_wrappers.append(lambda execute, *statement: in_between(execute, *statement))


def create(wrapper):
    """Store a message of Ana's with something in the way; return it, and whether it is stored."""
    global in_between
    seen.clear()
    in_between, client_id = wrapper, uuid4()
    try:
        message = asyncio.run(create_message_async(ANA, BEN, "And drinks?", client_id))
    except OperationalError:
        message = None
    return message, Message.objects.filter(client_id=client_id).exists()


connection_created.connect(watch)
message, is_stored = create(fails_after_the_row)
if "failed" in seen and (message or is_stored):
    print(
        "no error, but when the database fails half-way, Ana is told that her message was not sent, and it is "
        "stored all the same: Ben reads it."
    )
else:
    message, is_stored = create(writes_before)
    if seen[0] and message["previous_id"] != seen[0]:
        print(
            "no error, but Ana writes in two tabs, which two server processes serve, and one message does not name "
            "the one before it: Ben's page cannot see that one is missing."
        )
