"""A serializer of Django REST framework asks the database on the event loop. Only read, never run."""

from adrf.views import APIView
from asgiref.sync import sync_to_async
from rest_framework import serializers
from rest_framework.response import Response
from shop.models import Author, Book

CODE = "DAS016"
CATALOGUE = [23]


class AuthorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Author
        fields = ["name", "email"]


class BookSerializer(serializers.ModelSerializer):
    author = serializers.StringRelatedField()

    class Meta:
        model = Book
        fields = ["title", "author"]


class SignupSerializer(serializers.Serializer):
    email = serializers.EmailField()

    def validate_email(self, value):
        if Author.objects.filter(email=value).exists():
            raise serializers.ValidationError("Somebody has it.")
        return value

    def create(self, validated_data):
        return Author.objects.create(**validated_data)

    def to_representation(self, instance):
        return {"number": Author.objects.filter(pk__lt=instance.pk).count()}


async def broken_own_representation(author):
    return SignupSerializer(author).data  # expect: DAS016


async def fixed_own_representation(author):
    return await sync_to_async(lambda: SignupSerializer(author).data)()


async def broken_own_validation(request):
    SignupSerializer(data=request.data).is_valid()  # expect: DAS016


async def fixed_own_validation(request):
    await sync_to_async(SignupSerializer(data=request.data).is_valid)()


async def broken_own_create(request):
    SignupSerializer(data=request.data).save()  # expect: DAS016


async def fixed_own_create(request):
    await sync_to_async(SignupSerializer(data=request.data).save)()


async def broken_many():
    serializer = BookSerializer(Book.objects.all(), many=True)
    return Response(serializer.data)  # expect: DAS016


async def fixed_many():
    serializer = BookSerializer(Book.objects.all(), many=True)
    return Response(await sync_to_async(lambda: serializer.data)())


async def broken_relation():
    book = await Book.objects.aget(pk=1)
    return Response(BookSerializer(book).data)  # expect: DAS016


async def fixed_relation():
    book = await Book.objects.select_related("author").aget(pk=1)
    return Response(await sync_to_async(lambda: BookSerializer(book).data)())


async def broken_is_valid(request):
    serializer = AuthorSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)  # expect: DAS016


async def fixed_is_valid(request):
    serializer = AuthorSerializer(data=request.data)
    await sync_to_async(serializer.is_valid)(raise_exception=True)


async def broken_save(request):
    serializer = AuthorSerializer(data=request.data)
    await sync_to_async(serializer.is_valid)(raise_exception=True)
    serializer.save()  # expect: DAS016


async def fixed_save(request):
    serializer = AuthorSerializer(data=request.data)
    await sync_to_async(serializer.is_valid)(raise_exception=True)
    await sync_to_async(serializer.save)()


class BrokenBooks(APIView):
    """Serializes on the loop."""

    async def get(self, request):
        books = [book async for book in Book.objects.all()]
        return Response(BookSerializer(books, many=True).data)  # expect: DAS016


class FixedBooks(APIView):
    """Serializes in a thread."""

    async def get(self, request):
        return Response(await self._data())

    @sync_to_async
    def _data(self):
        return BookSerializer(Book.objects.all(), many=True).data
