"""A plain resolver that is bound to Ariadne runs on the loop of its ASGI application. Only read, never run."""

from ariadne import ObjectType, QueryType
from ariadne.asgi import GraphQL
from asgiref.sync import sync_to_async
from shop.models import Author

CODE = "DAS019"
CATALOGUE = [44]

query = QueryType()
author = ObjectType("Author")


@query.field("authors")
def broken_resolver(*_):
    return [each.name for each in Author.objects.all()]  # expect: DAS019


@query.field("authors")
async def fixed_resolver(*_):
    return [each.name async for each in Author.objects.all()]


def broken_set_field(row, info):
    return row.books.count() if row else Author.objects.count()  # expect: DAS019


@sync_to_async
def fixed_set_field(row, info):
    return Author.objects.count()


author.set_field("books", broken_set_field)
author.set_field("number", fixed_set_field)
application = GraphQL
