"""Signals of the shop, and who listens."""

from django.dispatch import Signal, receiver

from shop.models import Book

book_sold = Signal()
shop_opened = Signal()


@receiver(book_sold)
def raise_price(sender, book_id, **kwargs):
    Book.objects.filter(pk=book_id).update(price=12)


@receiver(shop_opened)
def greet(sender, **kwargs):
    return "Good morning"
