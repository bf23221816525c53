"""Sync helpers that other modules call."""

from shop.models import Book


def total():
    return sum(book.price for book in Book.objects.all())


def discount(book, percent):
    book.price -= book.price * percent // 100
    book.save()


def rounded(price):
    """Ask nothing."""
    return round(price, -1)
