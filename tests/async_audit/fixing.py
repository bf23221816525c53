"""What tests of --fix share: a project with models, and a file of it that is repaired."""

from async_audit.command import main

MODELS = """\
from django.db import models


class Author(models.Model):
    name = models.TextField()


class Book(models.Model):
    title = models.TextField()
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    editor = models.ForeignKey(Author, on_delete=models.CASCADE)
"""
HEAD = "from shop.models import Author, Book\n\n\n"


def run(capsys, *arguments):
    """Run the command line; return exit code, output, errors."""
    code = main([str(argument) for argument in arguments])
    return code, *capsys.readouterr()


SIGNATURE = "async def view(request, pk):\n    "
HELPER = """\
def cheapest():
    books = Book.objects.order_by("pk")
    return books.first(), books.count()


async def view(request):
    return cheapest()
"""
DECORATED = "@sync_to_async\n" + HELPER.replace("return cheapest", "return await cheapest")
IMPORT = "from asgiref.sync import sync_to_async\n"
