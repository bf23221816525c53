"""What others are told of a change belongs after its commit, and the hook for that belongs into the transaction."""

from contextlib import suppress

from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction
from shape import costs
from shop.models import Book

CODE = "DAS011"
CATALOGUE = [16]


def refuse():
    """Change a price, and find then that it may not be."""
    Book.objects.update(price=1)
    raise ValueError("too cheap")


@transaction.atomic
def change(told):
    """Change a price, and have others told of it once that is stored."""
    transaction.on_commit(lambda: told.append("cheaper now"))
    refuse()


async def broken_told():
    told = []
    with suppress(ValueError):
        change(told)
    return told


@costs(gives=["cheaper now"])
async def trap_told():
    told = []
    await sync_to_async(transaction.on_commit)(lambda: told.append("cheaper now"))
    with suppress(ValueError):
        await sync_to_async(transaction.atomic(refuse))()
    return told


async def fixed_told():
    told = []
    with suppress(ValueError):
        await sync_to_async(change)(told)
    return told


async def fixed_told_2():
    told = []

    async def tell():
        told.append("cheaper now")

    @sync_to_async
    @transaction.atomic
    def change_and_tell():
        transaction.on_commit(async_to_sync(tell))
        refuse()

    with suppress(ValueError):
        await change_and_tell()
    return told


async def fixed_told_3():
    told = []
    with suppress(ValueError):
        await sync_to_async(transaction.atomic(refuse))()
        told.append("cheaper now")
    return told
