"""The sync functions and their async twins do the same."""

from datetime import datetime
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from messaging import message_persistence_manager as manager
from messaging.models import Message, UserStatus

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
        "previous_id": None,
        "created_at": row.created_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
    }
    assert datetime.fromisoformat(message["updated_at"]).utcoffset() is not None


def test_a_message_older_than_client_ids_is_serialized_without_one(ana, ben):
    message = Message.objects.create(sender=ana, recipient=ben, content="Hello")
    assert manager.serialize_message(message)["client_id"] is None


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
    rows = [row | {"previous_id": None} for row in rows]  # for new messages only
    newest = await call("get_conversation_messages", twin, ana.pk, ben.pk)
    assert newest == rows[3:]
    older = await call("get_conversation_messages", twin, ana.pk, ben.pk, newest[0]["id"])
    assert older == rows[1:3]
    assert await call("get_conversation_messages", twin, ana.pk, ben.pk, rows[0]["id"]) == []


async def test_newer_messages_come_in_pages_too(ana, ben, twin, monkeypatch):
    monkeypatch.setattr(manager, "PAGE_SIZE", 2)
    rows = [await call("create_message", twin, ana.pk, ben.pk, str(n), uuid4()) for n in range(5)]
    rows = [row | {"previous_id": None} for row in rows]  # for new messages only
    assert await call("get_conversation_messages", twin, ben.pk, ana.pk, None, rows[0]["id"]) == rows[1:3]
    assert await call("get_conversation_messages", twin, ben.pk, ana.pk, None, rows[4]["id"]) == []


@pytest.mark.parametrize(
    ("before", "to", "after"),
    [
        ("sent", "delivered", "delivered"),
        ("sent", "read", "read"),
        ("delivered", "read", "read"),
        ("delivered", "delivered", "delivered"),
        ("read", "delivered", "read"),
        ("read", "read", "read"),
    ],
)
async def test_a_status_only_moves_forward(ana, ben, twin, before, to, after):
    row = await Message.objects.acreate(sender=ana, recipient=ben, content="Hello", status=before)
    assert await call("mark_messages", twin, ben.pk, ana.pk, row.pk, to) is (before != after)
    marked = await Message.objects.aget()
    assert marked.status == after
    assert (marked.updated_at > row.updated_at) is (before != after)


async def test_only_messages_to_this_user_up_to_that_one_are_marked(ana, ben, django_user_model, twin):
    chloe = await django_user_model.objects.acreate(username="chloe")
    pairs = [(ana, ben), (ana, ben), (ben, ana), (chloe, ben), (ana, chloe), (ana, ben)]
    rows = [await Message.objects.acreate(sender=s, recipient=r, content="Hello") for s, r in pairs]
    assert await call("mark_messages", twin, ben.pk, ana.pk, rows[4].pk, "read") is True
    marked = [row.status async for row in Message.objects.order_by("pk")]
    assert marked == ["read", "read", "sent", "sent", "sent", "sent"]


async def test_nobody_is_stored_for_a_user_who_is_gone(ana, ben, twin):
    gone = ben.pk
    await ben.adelete()
    with pytest.raises(ObjectDoesNotExist):
        await call("create_message", twin, ana.pk, gone, "Hello", uuid4())
    assert not await Message.objects.aexists()


def test_conversations_come_with_all_that_the_inbox_shows(ana, ben, django_user_model, django_assert_num_queries):
    emil, dora, chloe = (django_user_model.objects.create(username=name) for name in ("emil", "dora", "chloe"))
    django_user_model.objects.create(username="gone", is_active=False)
    UserStatus.objects.create(user=chloe, is_online=True, last_seen=timezone.now())
    for sender, recipient, content, status in [
        (ana, ben, "to Ben", "sent"),
        (ben, ana, "read", "read"),
        (ben, ana, "delivered", "delivered"),
        (ben, ana, "last of Ben", "sent"),
        (ana, chloe, "last to Chloe", "sent"),
        (chloe, ben, "not Ana's", "sent"),
    ]:
        Message.objects.create(sender=sender, recipient=recipient, content=content, status=status)
    with django_assert_num_queries(1):
        people = list(manager.conversations(ana.pk))
    with django_assert_num_queries(0):  # all is loaded: a consumer may look at it on the event loop
        seen = [(p, p.last_content, p.last_sender_id, p.unread) for p in people]
        assert people[0].status.presence["is_online"] is True
    assert seen == [
        (chloe, "last to Chloe", ana.pk, 0),
        (ben, "last of Ben", ben.pk, 2),
        (dora, None, None, 0),
        (emil, None, None, 0),
    ]
