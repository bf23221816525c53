"""Only a run shows which function, class or row it is: it stands in a dict, a list, a subclass, a loop's last round."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby
from operator import methodcaller

from asgiref.sync import sync_to_async
from shape import shape
from shop.models import Author, Book

CODE = "DAS001"
CATALOGUE = [2]


def count_authors():
    return Author.objects.count()


def count_nothing():
    return 0


COUNTERS = {"authors": count_authors, "nothing": count_nothing}


async def broken_function_of_a_dict():
    return [COUNTERS[name]() for name in ("authors", "nothing")]


async def fixed_function_of_a_dict():
    return [await sync_to_async(COUNTERS[name])() for name in ("authors", "nothing")]


class BrokenReports:
    """Knows the reports that a decorator has put into it, and calls them on the loop."""

    def __init__(self):
        self.known = {}

    def report(self, name):
        def add(function):
            self.known.setdefault(name, []).append(function)
            return function

        return add

    async def run(self, name):
        return [report() for report in self.known.get(name, [])]


class FixedReports(BrokenReports):
    """Calls them in a thread."""

    async def run(self, name):
        return [await sync_to_async(report)() for report in self.known.get(name, [])]


broken_reports = BrokenReports()
fixed_reports = FixedReports()


@broken_reports.report("daily")
def daily_authors():
    return Author.objects.count()


@broken_reports.report("daily")
def daily_nothing():
    return 0


@fixed_reports.report("daily")
def daily_again():
    return Author.objects.count()


@fixed_reports.report("daily")
def daily_nothing_again():
    return 0


async def broken_decorated():
    return await broken_reports.run("daily")


async def fixed_decorated():
    return await fixed_reports.run("daily")


class Export:
    """Each subclass is known to it by its kind."""

    kinds = {}

    def __init_subclass__(cls, kind, **options):
        super().__init_subclass__(**options)
        Export.kinds[kind] = cls

    def run(self):
        raise NotImplementedError


class FirstName(Export, kind="first"):
    def run(self):
        return Author.objects.earliest("pk").name


class NoName(Export, kind="none"):
    def run(self):
        return ""


async def broken_subclass_of_a_dict():
    return [Export.kinds[kind]().run() for kind in ("first", "none")]


async def fixed_subclass_of_a_dict():
    return [await sync_to_async(Export.kinds[kind]().run)() for kind in ("first", "none")]


class BrokenLoader:
    """Its async method is inherited, and calls what a subclass brings."""

    async def load(self):
        return self.find()

    def find(self):
        return 0


class AuthorLoader(BrokenLoader):
    def find(self):
        return Author.objects.count()


class FixedLoader:
    """Its async method calls in a thread what a subclass brings."""

    async def load(self):
        return await sync_to_async(self.find)()

    def find(self):
        return 0


class AuthorLoaderByThread(FixedLoader):
    def find(self):
        return Author.objects.count()


async def broken_override():
    return await AuthorLoader().load()


async def fixed_override():
    return await AuthorLoaderByThread().load()


class Store(ABC):
    """What is abstract here is one of the methods of its subclasses."""

    @abstractmethod
    def number(self): ...


class SqlStore(Store):
    def number(self):
        return Author.objects.count()


class BrokenCounter:
    """Asks an object of which only the abstract class is known."""

    def __init__(self, store: Store):
        self.store = store

    async def number(self):
        return self.store.number()


class FixedCounter:
    """Asks it in a thread."""

    def __init__(self, store: Store):
        self.store = store

    async def number(self):
        return await sync_to_async(self.store.number)()


async def broken_abstract():
    return await BrokenCounter(SqlStore()).number()


async def fixed_abstract():
    return await FixedCounter(SqlStore()).number()


class BrokenCommands:
    """Calls a method by what its name begins with."""

    async def run(self, name):
        return getattr(self, f"do_{name}")()

    def do_count(self):
        return Author.objects.count()


class FixedCommands:
    """Calls it in a thread."""

    async def run(self, name):
        return await sync_to_async(getattr(self, f"do_{name}"))()

    def do_count(self):
        return Author.objects.count()


async def broken_method_by_its_name():
    return await BrokenCommands().run("count")


async def fixed_method_by_its_name():
    return await FixedCommands().run("count")


@dataclass
class Report:
    title: str
    authors: list[Author] = field(default_factory=list)

    def __post_init__(self):
        self.authors = list(Author.objects.order_by("name"))


@shape("DAS002")
async def broken_post_init():
    return len(Report("all").authors)


async def fixed_post_init():
    return len((await sync_to_async(Report)("all")).authors)


@dataclass
class Card:
    book: Book

    def text(self):
        return f"{self.book.title} by {self.book.author.name}"


@shape("DAS003")
async def broken_row_in_a_dataclass():
    cards = [Card(book) async for book in Book.objects.order_by("pk")]
    return [card.text() for card in cards]


async def fixed_row_in_a_dataclass():
    cards = [Card(book) async for book in Book.objects.select_related("author").order_by("pk")]
    return [card.text() for card in cards]


@shape("DAS003")
async def broken_row_of_the_round_before():
    before, names = None, []
    async for book in Book.objects.order_by("pk"):
        if before is not None:
            names.append(before.author.name)
        before = book
    return names


async def fixed_row_of_the_round_before():
    before, names = None, []
    async for book in Book.objects.select_related("author").order_by("pk"):
        if before is not None:
            names.append(before.author.name)
        before = book
    return names


def follow(row, path):
    for name in path.split("."):
        row = getattr(row, name)
    return row


@shape("DAS003")
async def broken_path_of_names():
    return [[follow(book, path) for path in ("title", "author.name")] async for book in Book.objects.all()]


async def fixed_path_of_names():
    books = Book.objects.select_related("author")
    return [[follow(book, path) for path in ("title", "author.name")] async for book in books]


async def broken_method_caller():
    counted = methodcaller("count")
    return [counted(model.objects) for model in (Author, Book)]


async def fixed_method_caller():
    counted = methodcaller("acount")
    return [await counted(model.objects) for model in (Author, Book)]


@shape("DAS003")
async def broken_key_of_groups():
    books = [book async for book in Book.objects.order_by("pk")]
    return [(name, len(list(group))) for name, group in groupby(books, key=lambda book: book.author.name)]


async def fixed_key_of_groups():
    books = [book async for book in Book.objects.select_related("author").order_by("pk")]
    return [(name, len(list(group))) for name, group in groupby(books, key=lambda book: book.author.name)]


def longer(length, book):
    return length + len(book.author.name)


@shape("DAS003")
async def broken_reduced():
    return reduce(longer, [book async for book in Book.objects.all()], 0)


async def fixed_reduced():
    return reduce(longer, [book async for book in Book.objects.select_related("author")], 0)


def label(book, before="", after=""):
    return f"{before}{book.author.name}{after}"


@shape("DAS003")
async def broken_one_call_of_many():
    one = await Book.objects.select_related("author").afirst()
    signs = [label(one, sign) for sign in ("a", "b", "c", "d", "e", "f", "g", "h")]
    signs += [label(one, "", "a"), label(one, "", "b"), label(one, "", "c"), label(one, "-", "-"), label(one)]
    return [*signs, label(await Book.objects.afirst(), "last")]


async def fixed_one_call_of_many():
    one = await Book.objects.select_related("author").afirst()
    signs = [label(one, sign) for sign in ("a", "b", "c", "d", "e", "f", "g", "h")]
    signs += [label(one, "", "a"), label(one, "", "b"), label(one, "", "c"), label(one, "-", "-"), label(one)]
    return [*signs, label(one, "last")]


class Job:
    """Each object is known to the class by its name."""

    jobs = {}

    def __init__(self, name):
        Job.jobs[name] = self

    def run(self):
        return 0


class CountJob(Job):
    def run(self):
        return Author.objects.count()


count_job = CountJob("count")


async def broken_object_of_a_dict():
    return Job.jobs["count"].run()


async def fixed_object_of_a_dict():
    return await sync_to_async(Job.jobs["count"].run)()
