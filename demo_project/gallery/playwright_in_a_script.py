"""Plain code asks the database between two calls of Playwright's sync API, as tests in a browser do.

Playwright runs a loop in a greenlet of the same thread. `loop_of_a_library.py` plays that in a few lines.
"""

from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import sync_playwright
from shop.models import Author

CODE = None
CATALOGUE = [42]
RUNNER = "script"
CONTROL = "fails without a loop too"


def broken_query():
    with sync_playwright():
        return Author.objects.count()


def fixed_query():
    with sync_playwright(), ThreadPoolExecutor(1) as pool:
        return pool.submit(Author.objects.count).result()
