"""A queryset is evaluated far from where it was built, or would be, had it not been loaded before."""

from asgiref.sync import sync_to_async
from django.db.models import prefetch_related_objects
from shape import shape
from shop import prices
from shop.models import Author, Book

CODE = "DAS002"
CATALOGUE = [3]


def names_of(authors):
    return [author.name for author in authors]


def cheap_books():
    return Book.objects.cheap()


async def broken_argument():
    return names_of(Author.objects.all())


async def fixed_argument():
    return names_of([author async for author in Author.objects.all()])


async def broken_return_value():
    return [book.title for book in cheap_books()]


async def fixed_return_value():
    return [book.title async for book in cheap_books()]


async def broken_other_module():
    return prices.total()


async def fixed_other_module():
    return await sync_to_async(prices.total)()


async def broken_queryset_method():
    return Book.objects.cheap().titles()


async def fixed_queryset_method():
    return await sync_to_async(Book.objects.cheap().titles)()


async def broken_generator():
    def titles():
        for book in Book.objects.all():
            yield book.title

    return [title for title in titles()]  # noqa: C416


async def fixed_generator():
    async def titles():
        async for book in Book.objects.all():
            yield book.title

    return [title async for title in titles()]


async def broken_in_a_dict():
    context = {"books": Book.objects.all()}
    return len(context["books"])


async def fixed_in_a_dict():
    context = {"books": Book.objects.all()}
    return await context["books"].acount()


async def broken_reverse_relation():
    author = await Author.objects.aget(pk=1)
    return [book.title for book in author.books.all()]


async def fixed_reverse_relation():
    author = await Author.objects.aget(pk=1)
    return [book.title async for book in author.books.all()]


async def broken_many_to_many():
    book = await Book.objects.aget(pk=1)
    for tag in book.tags.all():
        print(tag)


async def fixed_many_to_many():
    book = await Book.objects.aget(pk=1)
    async for tag in book.tags.all():
        print(tag)


async def broken_relation_not_prefetched():
    author = await Author.objects.prefetch_related("books").aget(pk=1)
    return [list(book.tags.all()) for book in author.books.all()]


async def fixed_relation_not_prefetched():
    author = await Author.objects.prefetch_related("books__tags").aget(pk=1)
    return [list(book.tags.all()) for book in author.books.all()]


async def broken_filter_after_prefetch():
    author = await Author.objects.prefetch_related("books").aget(pk=1)
    return list(author.books.filter(price__lt=10))


async def fixed_filter_after_prefetch():
    author = await Author.objects.prefetch_related("books").aget(pk=1)
    return [book for book in author.books.all() if book.price < 10]


async def broken_prefetch_in_async_for():
    async for author in Author.objects.all():
        print(len(author.books.all()))


async def fixed_prefetch_in_async_for():
    async for author in Author.objects.prefetch_related("books"):
        print(len(author.books.all()))


@shape("DAS001", "DAS002")
async def broken_prefetch_by_hand():
    authors = [author async for author in Author.objects.all()]
    prefetch_related_objects(authors, "books")


async def fixed_prefetch_by_hand():
    authors = [author async for author in Author.objects.all()]
    await sync_to_async(prefetch_related_objects)(authors, "books")


async def broken_new_queryset():
    authors = Author.objects.all()
    async for author in authors:
        author.greeting()
    return len(authors.order_by("name"))


async def fixed_new_queryset():
    authors = Author.objects.all()
    async for author in authors:
        author.greeting()
    return len(authors)  # the loop has filled it


class BrokenShelf:
    """Holds a queryset; whoever lists it asks."""

    def __init__(self):
        self.books = Book.objects.all()

    async def titles(self):
        return [book.title for book in self.books]


class FixedShelf:
    """Holds a queryset; whoever lists it asks."""

    def __init__(self):
        self.books = Book.objects.all()

    async def titles(self):
        return [book.title async for book in self.books]


async def broken_attribute_of_self():
    return await BrokenShelf().titles()


async def fixed_attribute_of_self():
    return await FixedShelf().titles()


async def broken_only_built():
    books = Book.objects.filter(author__in=Author.objects.all())
    return list(books)


async def fixed_only_built():
    books = Book.objects.filter(author__in=Author.objects.all())
    return books.order_by("title").exclude(price=0)[:5]
