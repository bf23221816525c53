"""A plain resolver of strawberry runs on the loop of an AsyncGraphQLView. Only read, never run."""

import strawberry
from asgiref.sync import sync_to_async
from django.urls import path
from shop.models import Author
from strawberry.django.views import AsyncGraphQLView

CODE = "DAS019"
CATALOGUE = [44]


@strawberry.type
class BrokenQuery:
    """Asks in a plain resolver."""

    @strawberry.field
    def authors(self) -> list[str]:
        return [author.name for author in Author.objects.all()]  # expect: DAS019


@strawberry.type
class FixedQuery:
    """Asks in an async resolver, or in a thread."""

    @strawberry.field
    async def authors(self) -> list[str]:
        return [author.name async for author in Author.objects.all()]

    @strawberry.field
    @sync_to_async
    def number_of_authors(self) -> int:
        return Author.objects.count()


urlpatterns = [
    path("broken/", AsyncGraphQLView.as_view(schema=strawberry.Schema(query=BrokenQuery))),
    path("fixed/", AsyncGraphQLView.as_view(schema=strawberry.Schema(query=FixedQuery))),
]
