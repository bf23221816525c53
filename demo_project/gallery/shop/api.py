"""What the shop shows to others."""

from shop.models import Author
from shop.models import Book as Publication

__all__ = ["Author", "Publication"]
