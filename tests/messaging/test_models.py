"""What the database itself refuses, and what a log line shows."""

import pytest
from django.db import IntegrityError, transaction

from messaging.models import Message, UserStatus

pytestmark = pytest.mark.django_db


def test_rules_hold_in_the_database(ana, ben):
    for fields in [{"recipient": ben, "content": ""}, {"recipient": ana, "content": "To myself"}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.create(sender=ana, **fields)
    assert not Message.objects.exists()


def test_str_runs_no_query(ana, ben, django_assert_num_queries):
    message = Message.objects.create(sender=ana, recipient=ben, content="Hello")
    status = UserStatus.objects.create(user=ana, is_online=True)
    with django_assert_num_queries(0):
        assert str(Message(pk=message.pk, sender_id=1, recipient_id=2)) == f"message {message.pk} from user 1 to user 2"
        assert str(UserStatus(user_id=status.pk, is_online=True)) == f"user {ana.pk} is online"
