"""What the database itself refuses, and what a log line shows."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from messaging.models import ALIVE, Connection, Message, UserStatus

pytestmark = pytest.mark.django_db


def test_rules_hold_in_the_database(ana, ben):
    for fields in [{"recipient": ben, "content": ""}, {"recipient": ana, "content": "To myself"}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.create(sender=ana, **fields)
    assert not Message.objects.exists()


def test_str_runs_no_query(ana, ben, django_assert_num_queries):
    message = Message.objects.create(sender=ana, recipient=ben, content="Hello")
    status = UserStatus.objects.create(user=ana, is_online=True, last_seen=timezone.now())
    with django_assert_num_queries(0):
        assert str(Message(pk=message.pk, sender_id=1, recipient_id=2)) == f"message {message.pk} from user 1 to user 2"
        assert str(status) == f"user {ana.pk} is online"
        assert str(UserStatus(user_id=ana.pk)) == f"user {ana.pk} is offline"
        assert str(Connection(pk=UUID(int=7), status=status)) == f"connection {UUID(int=7)} of user {ana.pk}"


@pytest.mark.parametrize(("silent", "online"), [(timedelta(0), True), (ALIVE, False), (ALIVE * 100, False)])
def test_a_user_whose_process_crashed_is_offline_after_a_while(ana, silent, online):
    last_seen = timezone.now() - silent
    status = UserStatus.objects.create(user=ana, is_online=True, last_seen=last_seen)
    assert status.presence == {"is_online": online, "last_seen": last_seen.isoformat()}
