"""A module that asks the database while it is imported."""

from .models import Book

TITLES = [book.title for book in Book.objects.order_by("pk")]
