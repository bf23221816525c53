"""DAS013: turning an object into text asks the database."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS013",
    name="str-of-instance",
    title="Turning an object into text asks the database",
    why=(
        "An f-string, print, str() or a log line calls `__str__` or `__repr__`, and that follows a relation or "
        "counts rows."
    ),
    fix=(
        "Load with select_related what `__str__` reads, or log the primary key. A `__str__` that asks nothing is best."
    ),
    trap=(
        "logging swallows the error and loses the line: standard error alone shows it. In the text of another "
        "exception it hides that exception."
    ),
    example_broken="""
class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)

    def __str__(self):
        return f"a book by {self.author.name}"


async def show(pk):
    book = await Book.objects.aget(pk=pk)
    print(f"found {book}")
""",
    example_fixed="""
class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)

    def __str__(self):
        return f"book {self.pk}"


async def show(pk):
    book = await Book.objects.aget(pk=pk)
    print(f"found {book}")
""",
    lesson="06_attributes_that_query",
)
