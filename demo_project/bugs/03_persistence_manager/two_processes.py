"""Two server processes mark Ben's message at once, as read and as delivered; print what is wrong afterwards.

The second process comes in at the worst moment, when the first is about to write what it has found out. It does not use
this one's locks: it has a connection of its own, and waits for the database alone.
"""

import asyncio
import sqlite3
from contextlib import closing

from django.db import connection
from django.db.backends.signals import connection_created

from messaging.message_persistence_manager import mark_messages_async
from messaging.models import Message

turns = []


def read_elsewhere():
    """Mark the message as read in another process; tell whether the database lets it in."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)) as database:
        try:
            database.execute("UPDATE messaging_message SET status = 'read' WHERE id = 2")
        except sqlite3.OperationalError:  # locked: it waits for its turn
            return False
    return True


def at_the_worst_moment(execute, sql, params, many, context):
    """Let the other process in before the first write."""
    if sql.startswith("UPDATE") and not turns:
        turns.append(read_elsewhere())
    return execute(sql, params, many, context)


def watch(connection, **kwargs):
    """Have a new connection's writes come after those of the other process, where that is possible."""
    connection.execute_wrappers.append(at_the_worst_moment)


Message.objects.update(status="sent")
message = Message.objects.get(pk=2)
connection_created.connect(watch)
asyncio.run(mark_messages_async(message.recipient_id, message.sender_id, message.pk, "delivered"))
if turns != [True]:
    read_elsewhere()
message.refresh_from_db()
if message.status != "read":
    print(
        "no error, but two server processes mark Ben's message at the same time. That it has been read, which one "
        "of them has stored, is overwritten by the other: it becomes unread again."
    )
