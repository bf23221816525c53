"""Ana marks three chats as read, and the database refuses one of them; print what is wrong afterwards."""

import asyncio
import secrets

from django.contrib.auth import get_user_model
from django.db import Error, connection

from messaging.message_persistence_manager import mark_all_read_async
from messaging.models import Message

users = get_user_model().objects
ana = users.get(username="ana")
somebody = users.create(username=f"user{secrets.token_hex(4)}")
senders = [users.get(username="ben"), users.get(username="chloe"), somebody]
newest = {each.pk: Message.objects.create(sender=each, recipient=ana, content="?").pk for each in senders}
Message.objects.update(status="sent")


def run(statement):
    """Run a statement that no model has."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def press():
    """Return what the button's function gives, or the database's error."""
    try:
        return asyncio.run(mark_all_read_async(ana.pk))
    except Error as error:
        return error


def with_status(status):
    """Return who wrote the messages to Ana that have a status."""
    found = Message.objects.filter(recipient=ana, status=status).order_by("sender_id")
    return list(found.values_list("sender_id", flat=True).distinct())


def press_with_one_refused(sender):
    """Let the database refuse to change what one of them wrote; return what press gives, and who is marked."""
    full = f"WHEN OLD.sender_id = {sender.pk} BEGIN SELECT RAISE(ABORT, 'no space left'); END"
    run(f"CREATE TRIGGER full BEFORE UPDATE ON messaging_message {full}")
    answer = press()
    run("DROP TRIGGER full")
    return answer, with_status("read")


tried = []
for sender in senders:
    tried.append(press_with_one_refused(sender))
    Message.objects.update(status="sent")
if any(marked for _answer, marked in tried):
    print(
        "no error, but when the database refuses to change one chat's messages, others of Ana's chats stay marked as "
        "read: half is done, and no page is told of it."
    )
elif not all(isinstance(answer, Error) for answer, _marked in tried):
    print("no error, but when the database refuses to change one chat's messages, nobody hears of it.")
elif press() != newest:
    print("no error, but those who wrote to Ana are not told up to which message she has read, or some are not told.")
elif with_status("sent") or Message.objects.filter(sender=ana).exclude(status="sent"):
    print("no error, but what is marked as read is not what Ana has got, all of it and nothing else.")
elif press():
    print("no error, but pressed again, the button tells everybody that something has changed where nothing has.")
