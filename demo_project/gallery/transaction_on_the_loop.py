"""A transaction is opened on the event loop; it belongs into a thread, together with all that it holds."""

import asyncio
import os
from contextlib import suppress

from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.transaction import atomic
from shape import costs, shape
from shop.models import Author, Book

CODE = "DAS011"
CATALOGUE = {
    16: ["atomic", "imported_atomic", "helper", "decorated_helper", "wrapped_on_the_spot", "async_with", "on_commit"],
    17: ["decorator", "rollback"],
    25: ["savepoint", "commit", "set_autocommit"],
    41: ["rollback"],
}
RAISES = {"TypeError": ["async_with"]}
CONTROL = {"fails without a loop too": ["async_with"], "fixed does other work": ["savepoint"]}


def move(price):
    with transaction.atomic():
        Book.objects.filter(pk=1).update(price=price)


@transaction.atomic
def move_decorated(price):
    Book.objects.filter(pk=1).update(price=price)


async def broken_atomic():
    with transaction.atomic():
        await Author.objects.acreate(name="Cid", email="cid@example.org")


async def fixed_atomic():
    def create():
        with transaction.atomic():
            Author.objects.create(name="Cid", email="cid@example.org")

    await sync_to_async(create)()


async def broken_imported_atomic():
    with atomic(durable=True):
        await Book.objects.aupdate(price=1)


async def fixed_imported_atomic():
    @sync_to_async
    @atomic(durable=True)
    def update():
        Book.objects.update(price=1)

    await update()


async def broken_helper():
    move(3)


async def fixed_helper():
    await sync_to_async(move)(3)


async def broken_decorated_helper():
    move_decorated(3)


async def fixed_decorated_helper():
    await sync_to_async(move_decorated)(3)


async def broken_wrapped_on_the_spot():
    transaction.atomic(move)(3)


async def fixed_wrapped_on_the_spot():
    await sync_to_async(transaction.atomic(move))(3)


async def broken_decorator():
    @transaction.atomic  # expect: DAS011
    async def create():
        await Author.objects.acreate(name="Cid", email="cid@example.org")

    await create()


async def fixed_decorator():
    @transaction.atomic
    def create():
        Author.objects.create(name="Cid", email="cid@example.org")

    await sync_to_async(create)()


async def broken_async_with():
    async with transaction.atomic():  # expect: DAS011
        await Author.objects.acreate(name="Cid", email="cid@example.org")


async def fixed_async_with():
    with_transaction = sync_to_async(transaction.atomic(Author.objects.create))
    await with_transaction(name="Cid", email="cid@example.org")


async def broken_on_commit():
    await Book.objects.aupdate(price=1)
    transaction.on_commit(lambda: None)


async def fixed_on_commit():
    def update():
        with transaction.atomic():
            Book.objects.update(price=1)
            transaction.on_commit(lambda: None)

    await sync_to_async(update)()


async def broken_savepoint():
    return transaction.savepoint()


async def fixed_savepoint():
    def update():
        with transaction.atomic(), transaction.atomic():
            Book.objects.update(price=1)

    await sync_to_async(update)()


async def broken_commit():
    transaction.commit()


async def fixed_commit():
    await sync_to_async(transaction.get_autocommit)()


async def broken_set_autocommit():
    transaction.set_autocommit(False)


async def fixed_set_autocommit():
    def update():
        transaction.set_autocommit(False)
        transaction.rollback()
        transaction.set_autocommit(True)

    await sync_to_async(update)()


async def broken_rollback():
    with suppress(ValueError), transaction.atomic():
        await Book.objects.aupdate(price=1)
        raise ValueError("too cheap")
    return (await Book.objects.aget(pk=1)).price


@costs(gives=1)
async def trap_rollback():
    @transaction.atomic
    async def change():
        await Book.objects.aupdate(price=1)
        raise ValueError("too cheap")

    with suppress(ValueError):
        await asyncio.to_thread(lambda: asyncio.run(change()))
    return (await Book.objects.aget(pk=1)).price


@costs(gives=1)
async def trap_rollback_2():
    @sync_to_async
    @transaction.atomic
    async def change():
        await Book.objects.aupdate(price=1)
        raise ValueError("too cheap")

    with suppress(ValueError):
        await (await change())
    return (await Book.objects.aget(pk=1)).price


@shape("DAS011", "DAS021")
@costs(gives=1)
async def trap_rollback_3():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with suppress(ValueError), transaction.atomic():
            await Book.objects.aupdate(price=1)
            raise ValueError("too cheap")
        return (await Book.objects.aget(pk=1)).price
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


async def fixed_rollback():
    @transaction.atomic
    def change():
        Book.objects.update(price=1)
        raise ValueError("too cheap")

    with suppress(ValueError):
        await sync_to_async(change)()
    return (await Book.objects.aget(pk=1)).price
