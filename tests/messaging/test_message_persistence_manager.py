"""The sync functions and their async twins do the same."""

from datetime import datetime
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from messaging import message_persistence_manager as manager
from messaging.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


async def call(name, twin, *args):
    """Call a function of the manager from async code, or its async twin."""
    function = getattr(manager, f"{name}_async") if twin else sync_to_async(getattr(manager, name))
    return await function(*args)


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def twin(request):
    return request.param


async def test_a_message_is_stored_and_serialized(ana, ben, twin):
    client_id = uuid4()
    message = await call("create_message", twin, ana.pk, ben.pk, "Hello", client_id)
    row = await Message.objects.aget()
    assert message == {
        "id": row.pk,
        "sender_id": ana.pk,
        "recipient_id": ben.pk,
        "content": "Hello",
        "status": "sent",
        "client_id": str(client_id),
        "created_at": row.created_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
    }
    assert datetime.fromisoformat(message["updated_at"]).utcoffset() is not None


async def test_sending_again_finds_the_message(ana, ben, twin):
    client_id = uuid4()
    first = await call("create_message", twin, ana.pk, ben.pk, "Hello", client_id)
    assert await call("create_message", twin, ana.pk, ben.pk, "Hello", client_id) == first
    assert await Message.objects.acount() == 1


async def test_the_same_client_id_to_another_user_is_another_message(ana, ben, django_user_model, twin):
    chloe = await django_user_model.objects.acreate(username="chloe")
    client_id = uuid4()
    first = await call("create_message", twin, ana.pk, ben.pk, "For Ben", client_id)
    second = await call("create_message", twin, ana.pk, chloe.pk, "For Chloe", client_id)
    assert (first["content"], second["content"]) == ("For Ben", "For Chloe")


async def test_a_conversation_holds_both_directions_and_nobody_else(ana, ben, django_user_model, twin):
    chloe = await django_user_model.objects.acreate(username="chloe")
    for sender, recipient, content in [(ana, ben, "1"), (ben, ana, "2"), (ana, chloe, "no"), (chloe, ben, "no")]:
        await call("create_message", twin, sender.pk, recipient.pk, content, uuid4())
    for user, peer in [(ana, ben), (ben, ana)]:
        messages = await call("get_conversation_messages", twin, user.pk, peer.pk)
        assert [message["content"] for message in messages] == ["1", "2"]


async def test_history_comes_in_pages(ana, ben, twin, monkeypatch):
    monkeypatch.setattr(manager, "PAGE_SIZE", 2)
    rows = [await call("create_message", twin, ana.pk, ben.pk, str(n), uuid4()) for n in range(5)]
    newest = await call("get_conversation_messages", twin, ana.pk, ben.pk)
    assert newest == rows[3:]
    older = await call("get_conversation_messages", twin, ana.pk, ben.pk, newest[0]["id"])
    assert older == rows[1:3]
    assert await call("get_conversation_messages", twin, ana.pk, ben.pk, rows[0]["id"]) == []


async def test_delivered_comes_after_sent_and_only_once(ana, ben, twin):
    message = await call("create_message", twin, ana.pk, ben.pk, "Hello", uuid4())
    assert await call("mark_message_delivered", twin, message["id"]) is True
    assert await call("mark_message_delivered", twin, message["id"]) is False
    row = await Message.objects.aget()
    assert row.status == Message.Status.DELIVERED
    assert row.updated_at.isoformat() > message["updated_at"]


async def test_a_read_message_does_not_go_back_to_delivered(ana, ben, twin):
    row = await Message.objects.acreate(sender=ana, recipient=ben, content="Hello", status=Message.Status.READ)
    assert await call("mark_message_delivered", twin, row.pk) is False
    await row.arefresh_from_db()
    assert row.status == Message.Status.READ
