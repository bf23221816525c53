"""Django REST framework calls plain functions: of a coroutine function it gets a coroutine, and takes that for true."""

from asgiref.sync import sync_to_async
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView
from shop.models import Book
from shop.visits import visit

CODE = None
CATALOGUE = [23]
RAISES = {"AssertionError": ["handler"], "never awaited": ["permission"]}
CONTROL = "fails without a loop too"


async def broken_handler():
    class Books(APIView):
        async def get(self, request):
            return Response(await Book.objects.acount())

    return await Books.as_view()(visit(logged_in=False))  # for a user, request.user fails before


async def fixed_handler():
    class Books(APIView):
        def get(self, request):
            return Response(Book.objects.count())  # in a thread, as every plain view

    response = await sync_to_async(Books.as_view())(visit())
    return response.data


class BrokenMembers(BasePermission):
    """Lets nobody in, it seems."""

    async def has_permission(self, request, view):
        return False


class FixedMembers(BasePermission):
    """Lets nobody in."""

    def has_permission(self, request, view):
        return False


async def broken_permission():
    class Secrets(APIView):
        permission_classes = [BrokenMembers]

        def get(self, request):
            return Response("for members")

    response = await sync_to_async(Secrets.as_view())(visit())
    return response.status_code, response.data


async def fixed_permission():
    class Secrets(APIView):
        permission_classes = [FixedMembers]

        def get(self, request):
            return Response("for members")

    response = await sync_to_async(Secrets.as_view())(visit())
    return response.status_code, response.data
