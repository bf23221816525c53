"""A row is locked outside of a transaction: SQLite has no such locks and says nothing, PostgreSQL refuses."""

from asgiref.sync import sync_to_async
from django.db import transaction
from shop.models import Book

CODE = None  # the checker has none: the line may stand in a transaction that is opened elsewhere
CATALOGUE = [16]
RAISES = "TransactionManagementError"
CONTROL = "fails without a loop too"
DATABASE = "postgresql"


async def broken_select_for_update():
    book = await Book.objects.select_for_update().aget(pk=1)
    book.price += 1
    await book.asave()
    return book.price


async def fixed_select_for_update():
    @transaction.atomic
    def raise_price():
        book = Book.objects.select_for_update().get(pk=1)
        book.price += 1
        book.save()
        return book.price

    return await sync_to_async(raise_price)()
