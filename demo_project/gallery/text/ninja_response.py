"""What an async operation of Django Ninja returns is made into its response on the loop. Only read, never run."""

from ninja import NinjaAPI, Schema
from shape import shape
from shop.models import Author, Book

CODE = "DAS016"
CATALOGUE = [23]

api = NinjaAPI()


class AuthorOut(Schema):
    name: str


class BookOut(Schema):
    title: str
    author: AuthorOut


class LabelOut(Schema):
    label: str

    @staticmethod
    def resolve_label(book):
        return f"{book.title} by {book.author.name}"


@shape("DAS002")
@api.get("/authors", response=list[AuthorOut])
async def broken_queryset(request):
    return Author.objects.all()  # expect: DAS002


@api.get("/authors", response=list[AuthorOut])
async def fixed_queryset(request):
    return [author async for author in Author.objects.all()]


@api.get("/books/{pk}", response={200: BookOut})
async def broken_nested(request, pk: int):
    return await Book.objects.aget(pk=pk)  # expect: DAS016


@api.get("/books/{pk}", response={200: BookOut})
async def fixed_nested(request, pk: int):
    return await Book.objects.select_related("author").aget(pk=pk)


@api.get("/labels", response=list[LabelOut])
async def broken_resolved(request):
    return [book async for book in Book.objects.all()]  # expect: DAS016


@api.get("/labels", response=list[LabelOut])
async def fixed_resolved(request):
    return [book async for book in Book.objects.select_related("author")]
