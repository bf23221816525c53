"""A permission of strawberry, a resolver that a field names, and rows that it returns. Only read, never run."""

import strawberry
from django.urls import path
from shape import shape
from shop.models import Author, Book
from strawberry.django.views import AsyncGraphQLView
from strawberry.permission import BasePermission

CODE = "DAS019"
CATALOGUE = [44]


class BrokenPermission(BasePermission):
    """Asks in a plain method."""

    def has_permission(self, source, info, **options):
        return Author.objects.exists()  # expect: DAS019


class FixedPermission(BasePermission):
    """Asks in an async method."""

    async def has_permission(self, source, info, **options):
        return await Author.objects.aexists()


@strawberry.type
class AuthorType:
    name: str


@strawberry.type
class BookType:
    title: str
    author: AuthorType


def broken_resolver() -> int:
    return Author.objects.count()  # expect: DAS019


async def fixed_resolver() -> int:
    return await Author.objects.acount()


@shape("DAS016")
@strawberry.field
async def broken_rows() -> list[BookType]:
    return [book async for book in Book.objects.all()]  # expect: DAS016


@strawberry.field
async def fixed_rows() -> list[BookType]:
    return [book async for book in Book.objects.select_related("author")]


@strawberry.type
class Query:
    number: int = strawberry.field(resolver=broken_resolver, permission_classes=[BrokenPermission])
    number_again: int = strawberry.field(resolver=fixed_resolver, permission_classes=[FixedPermission])


urlpatterns = [path("", AsyncGraphQLView.as_view(schema=strawberry.Schema(query=Query)))]
