"""aatomic() keeps what atomic() promises, where an `async with` around atomic() does not."""

import asyncio
import threading
from contextlib import asynccontextmanager
from contextvars import copy_context
from functools import partial
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.db import database_sync_to_async
from channels.testing import HttpCommunicator
from django.db import IntegrityError, connection, transaction
from django.db.backends.signals import connection_created
from django.dispatch import Signal
from django.http import JsonResponse
from django.urls import path
from django.utils import translation

from messaging.message_persistence_manager import create_message_async, mark_messages_async
from messaging.models import Message
from messaging.transactions import aatomic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("block_connections")]


class RefusedError(Exception):
    """What a failing block raises."""


@asynccontextmanager
async def naive_aatomic():
    """What one writes first: atomic() entered and left in the thread that all tasks share."""
    atomic = transaction.atomic()
    await sync_to_async(atomic.__enter__)()
    try:
        yield
    except BaseException as error:
        await sync_to_async(atomic.__exit__)(type(error), error, error.__traceback__)
        raise
    await sync_to_async(atomic.__exit__)(None, None, None)


async def fail_beside_a_bystander(block_type, sender_id, recipient_id):
    """Let a block fail while a bystander's write is acknowledged; return the id that the bystander was given."""
    loop, begun, writing = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

    async def block():
        async with block_type():
            await Message.objects.acreate(sender_id=sender_id, recipient_id=recipient_id, content="block")
            begun.set()
            await writing.wait()
            raise RefusedError

    def write():
        # The block ends from here on. In a shared thread its rollback queues behind this function.
        loop.call_soon_threadsafe(writing.set)
        return Message.objects.create(sender_id=sender_id, recipient_id=recipient_id, content="bystander").pk

    async def bystander():
        await begun.wait()
        return await sync_to_async(write)()

    failure, pk = await asyncio.gather(block(), bystander(), return_exceptions=True)
    assert isinstance(failure, RefusedError)
    return pk


async def bystander_view(request, kind, sender_id, recipient_id):
    block_type = {"naive": naive_aatomic, "aatomic": aatomic}[kind]
    return JsonResponse({"acknowledged": await fail_beside_a_bystander(block_type, sender_id, recipient_id)})


urlpatterns = [path("<str:kind>/<int:sender_id>/<int:recipient_id>/", bystander_view)]

KEPT_OR_LOST = pytest.mark.parametrize(("kind", "kept"), [("naive", []), ("aatomic", ["bystander"])])


@KEPT_OR_LOST
async def test_an_acknowledged_write_of_a_bystander(ana, ben, stored, kind, kept):
    block_type = {"naive": naive_aatomic, "aatomic": aatomic}[kind]
    assert isinstance(await fail_beside_a_bystander(block_type, ana.pk, ben.pk), int)
    assert await stored() == kept


@KEPT_OR_LOST
async def test_an_acknowledged_write_of_a_bystander_in_the_same_http_request(ana, ben, stored, settings, kind, kept):
    from linkup.asgi import application

    settings.ROOT_URLCONF = __name__
    request = HttpCommunicator(application, "GET", f"/{kind}/{ana.pk}/{ben.pk}/", headers=[(b"host", b"localhost")])
    response = await request.get_response(timeout=30)
    await request.wait()  # the response is closed, and with it the request's connection
    assert response["status"] == 200, response
    assert b'{"acknowledged": ' in response["body"]
    assert await stored() == kept


async def test_a_block_is_stored_at_its_end_and_not_before(write, stored):
    outside = copy_context()
    async with aatomic():
        await write("one")
        await write("two")
        assert await asyncio.create_task(stored(), context=outside) == []
    assert await stored() == ["one", "two"]


async def test_an_error_rolls_back_and_comes_through(write, stored):
    error = RefusedError()

    async def block():
        async with aatomic():
            await write("gone")
            raise error

    with pytest.raises(RefusedError) as caught:
        await block()
    assert caught.value is error
    assert await stored() == []


async def test_every_thread_sensitive_call_uses_the_block_s_connection(write):
    def where():
        return threading.get_ident(), connection.connection, connection.in_atomic_block

    outside = await sync_to_async(where)()
    async with aatomic():
        inside = await sync_to_async(where)()
        assert await database_sync_to_async(where)() == inside
        await write("the a-prefixed methods too")
        assert await sync_to_async(Message.objects.count)() == 1
        async with aatomic():
            assert await sync_to_async(where)() == inside
    assert inside[0] != outside[0]
    assert inside[1] is not outside[1]
    assert (outside[2], inside[2]) == (False, True)
    assert (await sync_to_async(where)())[0] == outside[0]


async def test_an_inner_block_is_undone_and_the_outer_one_goes_on(write, stored):
    async def refused():
        async with aatomic():
            await write("gone")
            raise RefusedError

    async with aatomic():
        await write("outer")
        with pytest.raises(RefusedError):
            await refused()
        async with aatomic():
            await write("inner")
    assert await stored() == ["outer", "inner"]


async def test_an_inner_block_goes_with_the_outer_one(write, stored):
    async def block():
        async with aatomic():
            async with aatomic():
                await write("gone")
            raise RefusedError

    with pytest.raises(RefusedError):
        await block()
    assert await stored() == []


async def test_a_row_that_the_database_refuses_undoes_the_inner_block_only(write, stored):
    async def bad_row():
        async with aatomic():
            await write("gone")
            await write("")

    async with aatomic():
        await write("before")
        with pytest.raises(IntegrityError):
            await bad_row()
        await write("after")
    assert await stored() == ["before", "after"]


async def test_without_a_savepoint_an_inner_error_undoes_the_outer_block(write, stored):
    async with aatomic():
        await write("gone")
        with pytest.raises(RefusedError):
            async with aatomic(savepoint=False):
                raise RefusedError
        with pytest.raises(transaction.TransactionManagementError):
            await write("refused until the rollback")
    assert await stored() == []


async def test_a_sync_function_s_atomic_is_a_savepoint_of_the_block(ana, ben, write, stored):
    @database_sync_to_async
    def refuse():
        with transaction.atomic():
            Message.objects.create(sender=ana, recipient=ben, content="gone")
            raise RefusedError

    async with aatomic():
        await write("outer")
        with pytest.raises(RefusedError):
            await refuse()
    assert await stored() == ["outer"]


async def test_the_functions_that_consumers_call_do_not_close_the_block_s_connection(ana, ben, stored):
    """Django's check for old connections closes one that is in a transaction (ticket 30448)."""
    async with aatomic():
        message = await create_message_async(ana.pk, ben.pk, "Hello", uuid4())
        assert await mark_messages_async(ben.pk, ana.pk, message["id"], "delivered")
    assert await stored() == ["Hello"]


async def test_a_commit_that_fails_raises_and_leaves_nothing(ana, stored):
    """Django's foreign keys are deferred: the missing recipient is found at COMMIT."""
    body = []

    async def block():
        async with aatomic():
            await Message.objects.acreate(sender=ana, recipient_id=10**9, content="gone")
            body.append("ended")

    with pytest.raises(IntegrityError):
        await block()
    assert body == ["ended"]
    assert await stored() == []


async def test_a_durable_block_is_the_outermost(write, stored):
    async with aatomic(durable=True):
        await write("durable")
        with pytest.raises(RuntimeError, match="durable atomic block cannot be nested"):
            async with aatomic(durable=True):
                raise AssertionError("the block must not be entered")
        await write("after")
    assert await stored() == ["durable", "after"]


async def test_as_a_decorator(write, stored):
    @aatomic()
    async def write_twice(second):
        await write("first")
        await write(second)

    await write_twice("second")
    with pytest.raises(IntegrityError):
        await write_twice("")
    assert await stored() == ["first", "second"]


async def test_a_hook_runs_after_commit_and_in_the_block_s_context(write, stored):
    heard = []

    def hook():
        heard.append((Message.objects.count(), connection.in_atomic_block, translation.get_language()))

    with translation.override("de"):
        async with aatomic():
            await write("stored")
            await sync_to_async(transaction.on_commit)(hook)
            assert heard == []
    assert heard == [(1, False, "de")]


async def test_a_new_connection_is_set_up_in_the_block_s_context():
    heard = []

    def receiver(**kwargs):
        heard.append(translation.get_language())

    connection_created.connect(receiver)
    with translation.override("de"):
        async with aatomic():
            pass
    assert heard == ["de"]


async def test_a_hook_may_come_back_to_the_loop(write):
    """As it must for a channel layer's group_send()."""
    loops = []

    async def note():
        loops.append(asyncio.get_running_loop())

    async with aatomic():
        await sync_to_async(transaction.on_commit)(async_to_sync(note))
    assert loops == [asyncio.get_running_loop()]


async def test_a_rollback_forgets_the_hooks(write):
    heard = []

    async def block():
        async with aatomic():
            await sync_to_async(transaction.on_commit)(partial(heard.append, "committed"))
            raise RefusedError

    with pytest.raises(RefusedError):
        await block()
    assert heard == []


async def test_a_sync_receiver_of_an_async_signal_writes_in_the_block(ana, ben, write, stored):
    """asend() gathers: the receiver runs in a task of its own, as the one of alogin() does."""
    signal = Signal()

    def receiver(**kwargs):
        Message.objects.create(sender=ana, recipient=ben, content="gone")

    async def block():
        async with aatomic():
            await signal.asend(sender=None)
            assert await stored() == ["gone"]
            raise RefusedError

    signal.connect(receiver)
    with pytest.raises(RefusedError):
        await block()
    assert await stored() == []
