"""A plain resolver of graphene runs on the loop of `await schema.execute_async(…)`. Only read, never run."""

import graphene
from django.http import JsonResponse
from shop.models import Author

CODE = "DAS019"
CATALOGUE = [44]


class BrokenQuery(graphene.ObjectType):
    """Asks in a plain resolver."""

    authors = graphene.List(graphene.String)

    def resolve_authors(self, info):
        return [author.name for author in Author.objects.all()]  # expect: DAS019


class FixedQuery(graphene.ObjectType):
    """Asks in an async resolver."""

    authors = graphene.List(graphene.String)

    async def resolve_authors(self, info):
        return [author.name async for author in Author.objects.all()]


async def answer(request):
    result = await graphene.Schema(query=BrokenQuery).execute_async(request.GET["query"])
    return JsonResponse(result.data)
