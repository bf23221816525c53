"""What isinstance() tells of a row: in the branch for another class there is none of it."""

import pytest

from async_audit.static import audit

MODELS = """
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=20)


class Book(models.Model):
    title = models.CharField(max_length=20)
    author = models.ForeignKey(Author, models.CASCADE)

    def __str__(self):
        return f"{{self.title}} by {{self.author.name}}"


class Loan(models.Model):
    book = models.ForeignKey(Book, models.CASCADE)


def text_of(value):
    {}


async def show(pk):
    loan = await Loan.objects.select_related("book").aget(pk=pk)
    return text_of(loan)
"""


@pytest.fixture
def found(tmp_path):
    """Return the codes of what is found where a loan, loaded with its book, is handed to a function."""

    def look(*lines):
        (tmp_path / "shop.py").write_text(MODELS.format("\n    ".join(lines)))
        return [finding.code for finding in audit(tmp_path).findings]

    return look


@pytest.mark.parametrize(
    "line",
    [
        "return value.title if isinstance(value, Book) else str(value)",
        "return str(value) if not isinstance(value, (Book, Loan)) else value.title",
        "if isinstance(value, Book):\n        return value.title\n    return str(value)",
        "if not isinstance(value, Book):\n        return str(value)\n    return value.title",
    ],
)
def test_the_other_branch_is_for_others(found, line):
    assert found("if isinstance(value, Loan):", "    value = value.book", line) == []


@pytest.mark.parametrize(
    "line",
    [
        "return str(value) if isinstance(value, Book) else value.name",
        "return value.name if isinstance(value, Author) else str(value)",
        "return value.name if isinstance(value, int) else str(value)",
        "if isinstance(value, Author):\n        return value.name\n    return str(value)",
        "if isinstance(value, models.Model):\n        return str(value)\n    return value",
    ],
)
def test_a_row_is_in_the_branch_for_its_class(found, line):
    assert found("if isinstance(value, Loan):", "    value = value.book", line) == ["DAS013"]
