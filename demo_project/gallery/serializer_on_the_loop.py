"""A serializer of Django REST framework asks the database on the event loop: for rows, a relation, a value's owner."""

from asgiref.sync import sync_to_async
from rest_framework import serializers
from shape import costs, shape
from shop.models import Author, Book

CODE = "DAS016"
CATALOGUE = [23]

NEW = {"name": "Cid", "email": "cid@example.org"}


class AuthorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Author
        fields = ["name", "email"]


class BookSerializer(serializers.ModelSerializer):
    author = serializers.StringRelatedField()

    class Meta:
        model = Book
        fields = ["title", "author"]


class TitleSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title", "author"]  # the author as a key, which the book itself has


async def broken_rows():
    return BookSerializer(Book.objects.order_by("pk"), many=True).data


async def fixed_rows():
    return await sync_to_async(lambda: BookSerializer(Book.objects.order_by("pk"), many=True).data)()


async def broken_relation():
    book = await Book.objects.aget(pk=1)
    return BookSerializer(book).data


@shape("DAS006")
async def partial_relation():
    book = await Book.objects.aget(pk=1)
    return await sync_to_async(BookSerializer(book).data)()  # called before the thread is asked


@costs(gives={"title": "First", "author": 1})
async def trap_relation():
    book = await Book.objects.aget(pk=1)
    return TitleSerializer(book).data  # nothing to look up, until somebody wants the name


async def fixed_relation():
    book = await Book.objects.aget(pk=1)
    return await sync_to_async(lambda: BookSerializer(book).data)()


async def broken_is_valid():
    return AuthorSerializer(data=NEW).is_valid()


async def fixed_is_valid():
    return await sync_to_async(AuthorSerializer(data=NEW).is_valid)()


async def broken_save():
    serializer = AuthorSerializer(data=NEW)
    await sync_to_async(serializer.is_valid)(raise_exception=True)
    serializer.save()


async def fixed_save():
    serializer = AuthorSerializer(data=NEW)
    await sync_to_async(serializer.is_valid)(raise_exception=True)
    await sync_to_async(serializer.save)()
