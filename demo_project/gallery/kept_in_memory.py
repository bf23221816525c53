"""What was loaded once stays in memory: for the object, whichever variable, function or thread has asked for it."""

from functools import cached_property

from asgiref.sync import sync_to_async
from django.core.paginator import Paginator
from django.db.models import QuerySet, aprefetch_related_objects
from django.http import HttpResponse
from shape import shape
from shop.forms import AuthorForm
from shop.models import Author, Book, Magazine
from shop.visits import visit

CODE = "DAS003"
CATALOGUE = {
    8: [
        "of_a_list",
        "given_in_a_function",
        "under_its_other_name",
        "key_of_a_new_row",
        "no_key",
        "under_the_same_condition",
    ],
    9: ["tags_of_a_list"],
    3: ["kind_of_rows"],
    13: ["session", "session_of_a_helper"],
    22: ["errors", "count_of_pages"],
    2: ["cached_property"],
}
CONTROL = {"fixed does other work": ["no_key"]}

TAKEN = {"name": "Cid", "email": "ann@example.org"}


async def broken_of_a_list():
    books = [book async for book in Book.objects.order_by("title")]
    await aprefetch_related_objects(books, "tags")
    return [book.author.name for book in books]


async def fixed_of_a_list():
    books = [book async for book in Book.objects.order_by("title")]
    await aprefetch_related_objects(books, "author")
    return [book.author.name for book in books]


@shape("DAS002")
async def broken_tags_of_a_list():
    books = [book async for book in Book.objects.order_by("title")]
    await aprefetch_related_objects(books, "author")
    return [tag.name for tag in books[0].tags.all()]


async def fixed_tags_of_a_list():
    books = [book async for book in Book.objects.order_by("title")]
    await aprefetch_related_objects(books, "author", "tags")
    return [tag.name for tag in books[0].tags.all()]


def give(books, authors):
    for book in books:
        book.author = authors[book.author_id]


async def broken_given_in_a_function():
    books = [book async for book in Book.objects.order_by("title")]
    await Author.objects.ain_bulk()
    return [book.author.name for book in books]


async def fixed_given_in_a_function():
    books = [book async for book in Book.objects.order_by("title")]
    give(books, await Author.objects.ain_bulk())
    return [book.author.name for book in books]


async def broken_under_its_other_name():
    book = await Book.objects.aget(title="First")
    same = book
    same.author = await Author.objects.aget(pk=2)
    same.author_id = 1  # with another key, the author is another too
    return book.author.name


async def fixed_under_its_other_name():
    book = await Book.objects.aget(title="First")
    same = book
    same.author = await Author.objects.aget(pk=1)
    return book.author.name


async def broken_key_of_a_new_row():
    magazine = await Magazine.objects.acreate(name="Weekly", editor_id=1)
    return magazine.editor and magazine.editor.pk


async def fixed_key_of_a_new_row():
    magazine = await Magazine.objects.acreate(name="Weekly", editor=await Author.objects.aget(pk=1))
    return magazine.editor and magazine.editor.pk


async def broken_no_key():
    magazine = await Magazine.objects.acreate(name="Weekly", editor_id=1)
    return magazine.editor and magazine.editor.name


async def fixed_no_key():
    magazine = await Magazine.objects.acreate(name="Weekly")  # an empty key leads to no query
    return magazine.editor and magazine.editor.name


async def broken_under_the_same_condition():
    is_long = await Author.objects.acount() > 5
    books = Book.objects.all()
    if is_long:
        books = books.select_related("author")
    book = await books.aget(title="First")
    return book.author.name


async def fixed_under_the_same_condition():
    is_short = await Author.objects.acount() < 5
    books = Book.objects.all()
    if is_short:
        books = books.select_related("author")
    book = await books.aget(title="First")
    if not is_short:
        return book.title
    return book.author.name


async def titles(books):
    if isinstance(books, QuerySet):
        books = [book async for book in books]
    return [book.title for book in books]


@shape("DAS002")
async def broken_kind_of_rows():
    books = Book.objects.order_by("title")
    await titles(books.all())
    return [book.title for book in books]


async def fixed_kind_of_rows():
    return await titles(Book.objects.order_by("title"))


@shape("DAS008")
async def broken_session():
    async def page(request):
        await request.session.aexists("key")
        return HttpResponse(request.session.get("color"))

    return await page(visit())


async def fixed_session():
    async def page(request):
        await request.session.aget("size")
        return HttpResponse(request.session.get("color"))

    return await page(visit())


def color_of(request):
    return request.session["color"]


@shape("DAS008")
async def broken_session_of_a_helper():
    async def page(request):
        return HttpResponse(color_of(request))

    return await page(visit())


async def fixed_session_of_a_helper():
    async def page(request):
        await request.auser()
        return HttpResponse(color_of(request))

    return await page(visit())


def is_good(form):
    return form.is_valid()


@shape("DAS015")
async def broken_errors():
    form = AuthorForm(TAKEN)
    await sync_to_async(is_good)(AuthorForm(TAKEN))
    return sorted(form.errors)


async def fixed_errors():
    form = AuthorForm(TAKEN)
    await sync_to_async(is_good)(form)
    return sorted(form.errors)


@shape("DAS015")
async def broken_count_of_pages():
    pages = Paginator(Book.objects.order_by("title"), 1)
    await sync_to_async(Paginator(Author.objects.order_by("pk"), 1).get_page)(1)
    return pages.num_pages


async def fixed_count_of_pages():
    pages = Paginator(Book.objects.order_by("title"), 1)
    await sync_to_async(pages.get_page)(1)
    return pages.num_pages


class Shelf:
    @cached_property
    def titles(self):
        return [book.title for book in Book.objects.order_by("title")]


@shape("DAS002")
async def broken_cached_property():
    shelf = Shelf()
    return shelf.titles


async def fixed_cached_property():
    shelf = Shelf()
    await sync_to_async(getattr)(shelf, "titles")
    return shelf.titles
