"""The model is known by another name than the one that it has in its module."""

import shop.models
import shop.models as shelf
from asgiref.sync import sync_to_async
from django.apps import apps
from django.contrib.auth import get_user_model
from shop import api, models
from shop.api import Publication
from shop.models import Author as Writer
from shop.models import Book

CODE = "DAS001"
CATALOGUE = [1]

authors = Writer.objects
Member = get_user_model()


async def broken_alias():
    return Writer.objects.count()


async def fixed_alias():
    return await Writer.objects.acount()


async def broken_plain_manager():
    return shelf.Profile.objects.filter(bio="").first()


async def fixed_plain_manager():
    return await shelf.Profile.objects.filter(bio="").afirst()


async def broken_manager_from_queryset():
    return shelf.Tag.objects.short().first()


async def fixed_manager_from_queryset():
    return await shelf.Tag.objects.short().afirst()


async def broken_class_from_queryset():
    return shelf.Magazine.objects.short().count()


async def fixed_class_from_queryset():
    return await shelf.Magazine.objects.short().acount()


async def broken_module():
    return models.Author.objects.count()


async def fixed_module():
    return await models.Author.objects.acount()


async def broken_full_name():
    return shop.models.Author.objects.count()


async def fixed_full_name():
    return await shop.models.Author.objects.acount()


async def broken_alias_of_module():
    return shelf.Author.objects.count()


async def fixed_alias_of_module():
    return await shelf.Author.objects.acount()


async def broken_exported():
    return Publication.objects.count()


async def fixed_exported():
    return await Publication.objects.acount()


async def broken_exported_by_module():
    return api.Author.objects.count()


async def fixed_exported_by_module():
    return await api.Author.objects.acount()


async def broken_manager_of_module():
    return authors.count()


async def fixed_manager_of_module():
    return await authors.acount()


async def broken_manager_in_variable():
    cheap = Book.objects.cheap
    return cheap().count()


async def fixed_manager_in_variable():
    cheap = Book.objects.cheap
    return await cheap().acount()


async def broken_default_manager():
    return Book._default_manager.count()


async def fixed_default_manager():
    return await Book._default_manager.acount()


async def broken_user_model():
    return Member.objects.count()


async def fixed_user_model():
    return await Member.objects.acount()


async def broken_get_model():
    author = apps.get_model("shop.Author")
    return author.objects.count()


async def fixed_get_model():
    author = apps.get_model("shop.Author")
    return await author.objects.acount()


async def broken_method_in_variable():
    count = Book.objects.count
    return count()


async def fixed_method_in_variable():
    count = Book.objects.count
    return await sync_to_async(count)()


async def broken_local_import():
    from shop.models import Tag

    return Tag.objects.count()


async def fixed_local_import():
    from shop.models import Tag

    return await Tag.objects.acount()


async def broken_class_as_argument():
    def size_of(model):
        return model.objects.count()

    return size_of(Book)


async def fixed_class_as_argument():
    async def size_of(model):
        return await model.objects.acount()

    return await size_of(Book)


async def broken_other_database():
    return Book.objects.using("default").count()


async def fixed_other_database():
    return await Book.objects.using("default").acount()
