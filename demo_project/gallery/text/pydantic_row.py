"""A model of pydantic reads a row's attributes, and those of its relations. Only read, never run."""

from pydantic import BaseModel, ConfigDict, TypeAdapter
from shape import shape
from shop.models import Author, Book

CODE = "DAS016"
CATALOGUE = [23]


class AuthorOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    name: str


class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    title: str
    author: AuthorOut


async def broken_nested():
    return BookOut.model_validate(await Book.objects.aget(pk=1))  # expect: DAS016


async def fixed_nested():
    return BookOut.model_validate(await Book.objects.select_related("author").aget(pk=1))


authors = TypeAdapter(list[AuthorOut])


@shape("DAS002")
async def broken_adapter():
    return authors.validate_python(Author.objects.all())  # expect: DAS002


async def fixed_adapter():
    return authors.validate_python([author async for author in Author.objects.all()])
