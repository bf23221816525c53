"""A lazy queryset is handed to a function that goes through it on the event loop."""

import json
import logging
import pickle

from asgiref.sync import sync_to_async
from django.core import serializers
from shop.models import Author, Book

CODE = "DAS002"
CATALOGUE = [3]
CONTROL = {"fixed does other work": ["f_string", "print", "pickle"]}


async def broken_list():
    return list(Author.objects.all())


async def fixed_list():
    return await sync_to_async(list)(Author.objects.all())


async def broken_len():
    return len(Author.objects.published())


async def fixed_len():
    return await Author.objects.published().acount()


async def broken_sum():
    return sum(book.price for book in Book.objects.all())


async def fixed_sum():
    return sum([book.price async for book in Book.objects.all()])


async def broken_any():
    return any(book.price > 10 for book in Book.objects.all())


async def fixed_any():
    return any([book.price > 10 async for book in Book.objects.all()])


async def broken_sorted():
    return sorted(Author.objects.all(), key=lambda author: author.name)


async def fixed_sorted():
    return sorted([author async for author in Author.objects.all()], key=lambda author: author.name)


async def broken_max():
    return max(Book.objects.all(), key=lambda book: book.price)


async def fixed_max():
    return max([book async for book in Book.objects.all()], key=lambda book: book.price)


async def broken_dict():
    return dict(Author.objects.values_list("pk", "name"))


async def fixed_dict():
    return {pk: name async for pk, name in Author.objects.values_list("pk", "name")}


async def broken_set():
    return set(Author.objects.values_list("pk", flat=True))


async def fixed_set():
    return {pk async for pk in Author.objects.values_list("pk", flat=True)}


async def broken_enumerate():
    for number, author in enumerate(Author.objects.all(), 1):
        print(number, author)


async def fixed_enumerate():
    for number, author in enumerate([author async for author in Author.objects.all()], 1):
        print(number, author)


async def broken_join():
    return ", ".join(Author.objects.values_list("name", flat=True))


async def fixed_join():
    return ", ".join([name async for name in Author.objects.values_list("name", flat=True)])


async def broken_extend():
    names = ["Zoe"]
    names.extend(Author.objects.values_list("name", flat=True))


async def fixed_extend():
    names = ["Zoe"]
    names.extend([name async for name in Author.objects.values_list("name", flat=True)])


async def broken_f_string():
    return f"authors: {Author.objects.all()}"


async def fixed_f_string():
    return f"authors: {[author async for author in Author.objects.all()]}"


async def broken_print():
    print(Author.objects.all())


async def fixed_print():
    print([author async for author in Author.objects.all()])


async def broken_json():
    return json.dumps(list(Author.objects.values("pk", "name")))


async def fixed_json():
    return json.dumps([author async for author in Author.objects.values("pk", "name")])


async def broken_serialize():
    return serializers.serialize("json", Author.objects.all())


async def fixed_serialize():
    return serializers.serialize("json", [author async for author in Author.objects.all()])


async def broken_pickle():
    return pickle.dumps(Author.objects.all())


async def fixed_pickle():
    return pickle.dumps([author async for author in Author.objects.all()])


async def broken_zip():
    for number, author in zip([1, 2], Author.objects.all(), strict=True):
        print(number, author)


async def fixed_zip():
    for number, author in zip([1, 2], [author async for author in Author.objects.all()], strict=True):
        print(number, author)


async def broken_logging():
    logging.info("authors: %s", Author.objects.all())


async def fixed_logging():
    logging.info("authors: %s", [author async for author in Author.objects.all()])


async def broken_union():
    return list(Author.objects.filter(pk=1) | Author.objects.filter(pk=2))


async def fixed_union():
    return [author async for author in Author.objects.filter(pk=1) | Author.objects.filter(pk=2)]
