"""An instance is turned into text; its `__str__` follows a relation that was not loaded."""

import logging
import sys

from shape import costs
from shop.models import Author, Book

CODE = "DAS013"
CATALOGUE = [12]
CONTROL = {
    "fixed does other work": [
        "f_string",
        "repr",
        "format",
        "percent",
        "list_of_instances",
        "map",
        "exception",
        "text_of_its_holder",
    ],
    "fails without a loop too": ["masked_error"],
}

logger = logging.getLogger(__name__)


def log_of_a_server():
    """Return a logger as servers have it: what cannot be formatted goes to standard error, and the program goes on."""
    log = logging.Logger("sales")
    log.addHandler(logging.StreamHandler(sys.stdout))
    return log


class Label:
    """Shows a book."""

    def __init__(self, book):
        self.book = book

    def __str__(self):
        return f"[{self.book}]"


async def broken_f_string():
    book = await Book.objects.aget(pk=1)
    return f"You want {book}"


async def fixed_f_string():
    book = await Book.objects.aget(pk=1)
    return f"You want {book.title}"


async def broken_str():
    return str(await Book.objects.aget(pk=1))


async def fixed_str():
    return str(await Book.objects.select_related("author").aget(pk=1))


async def broken_repr():
    book = await Book.objects.aget(pk=1)
    return f"{book!r}"


async def fixed_repr():
    author = await Author.objects.aget(pk=1)
    return f"{author!r}"


async def broken_print():
    async for book in Book.objects.all():
        print("-", book)


async def fixed_print():
    async for book in Book.objects.select_related("author"):
        print("-", book)


async def broken_format():
    book = await Book.objects.aget(pk=1)
    return "You want {}".format(book)  # noqa: UP032


async def fixed_format():
    book = await Book.objects.aget(pk=1)
    return "You want {}".format(book.title)  # noqa: UP032


async def broken_percent():
    book = await Book.objects.aget(pk=1)
    return "You want %s" % book  # noqa: UP031


async def fixed_percent():
    book = await Book.objects.aget(pk=1)
    return "You want %s" % book.title  # noqa: UP031


async def broken_logging():
    book = await Book.objects.aget(pk=1)
    logger.info("sold %s", book)


async def fixed_logging():
    book = await Book.objects.aget(pk=1)
    logger.info("sold %s", book.pk)


async def broken_list_of_instances():
    books = [book async for book in Book.objects.all()]
    return f"{books}"


async def fixed_list_of_instances():
    authors = [author async for author in Author.objects.all()]
    return f"{authors}"


async def broken_map():
    books = [book async for book in Book.objects.all()]
    return ", ".join(map(str, books))


async def fixed_map():
    authors = [author async for author in Author.objects.all()]
    return ", ".join(map(str, authors))


async def broken_exception():
    book = await Book.objects.aget(pk=1)
    try:
        raise LookupError(book)
    except LookupError as error:
        return str(error)


async def fixed_exception():
    book = await Book.objects.aget(pk=1)
    try:
        raise LookupError(book.title)
    except LookupError as error:
        return str(error)


async def broken_text_of_its_holder():
    label = Label(await Book.objects.aget(pk=1))
    return str(label)


async def fixed_text_of_its_holder():
    label = Label(await Author.objects.aget(pk=1))
    return str(label)


async def broken_masked_error():
    first, second = [book async for book in Book.objects.all()]
    first.author = second  # Django's message would name both


async def fixed_masked_error():
    first, second = [book async for book in Book.objects.all()]
    first.author_id = second.author_id


async def broken_lost_line():
    book = await Book.objects.aget(pk=1)
    log_of_a_server().info(f"sold {book}")


@costs(prints="")
async def trap_lost_line():
    book = await Book.objects.aget(pk=1)
    log_of_a_server().info("sold %s", book)


async def fixed_lost_line():
    book = await Book.objects.select_related("author").aget(pk=1)
    log_of_a_server().info("sold %s", book)
