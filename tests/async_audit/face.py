"""What tests of the checker's face share: a project on disk, and a report about it that the engine might have made."""

import async_audit.static
from async_audit.report import Report, StaticFinding, Step, Unparsed

VIEWS = """\
from shop.models import Book


async def show(request, pk):
    book = await Book.objects.aget(pk=pk)
    return page(book.author.name, book.label())


async def shelf(request):
    return page(*Book.objects.all())
"""
MODELS = """\
class Book:
    def label(self):
        return self.genre.name
"""
DIRECT = StaticFinding(
    "shop/views.py", 6, 17, "DAS003", "book.author was not loaded", "show", 1, (Step("shop/views.py", 6, "show"),)
)
CALLED = StaticFinding(
    *("shop/views.py", 6, 35, "DAS003", "self.genre was not loaded", "show", 2),
    (Step("shop/views.py", 6, "show"), Step("shop/models.py", 3, "Book.label")),
)
GUESSED = StaticFinding(
    "shop/views.py", 10, 18, "DAS002", "a queryset is unpacked", "shelf", 3, (Step("shop/views.py", 10, "shelf"),)
)
UNPARSED = Unparsed("shop/later.py", "line 1: invalid syntax")


def make_project(folder):
    """Write the project; return its folder."""
    (folder / "shop").mkdir(parents=True)
    (folder / "shop/views.py").write_text(VIEWS)
    (folder / "shop/models.py").write_text(MODELS)
    (folder / "shop/later.py").write_text("class ===\n")
    return folder


class Engine:
    """Stands in for the engine: remembers how it was called, and reports what it was told to."""

    def __init__(self, monkeypatch, *findings, unparsed=(), files=3):
        self.report = Report(list(findings), list(unparsed), files)
        self.calls = []
        monkeypatch.setattr(async_audit.static, "audit", self.audit)

    def audit(self, root, *, exclude=(), wrappers=(), tests=False, progress=None, edited=()):
        self.calls.append({"root": root, "exclude": tuple(exclude), "wrappers": tuple(wrappers), "tests": tests})
        for done in range(self.report.files + 1):
            progress(done, self.report.files)
        return self.report
