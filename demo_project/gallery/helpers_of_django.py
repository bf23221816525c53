"""Django's helpers ask for what they are handed: an address, a copy as a dict, a pickle, a page, a formset."""

import json
from contextlib import ExitStack

from asgiref.sync import sync_to_async
from django import forms
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import Prefetch
from django.forms.models import model_to_dict
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.generic import DetailView, ListView
from shape import shape
from shop.models import Author, Book, Tag
from shop.visits import visit

CODE = "DAS002"
CATALOGUE = [3]


class AddressedBook(Book):
    """A book with an address, in which its author's name stands."""

    class Meta:
        proxy = True
        app_label = "shop"

    def get_absolute_url(self):
        return f"/{self.author.name}/{self.pk}/"


@shape("DAS003")
async def broken_redirect():
    return redirect(await AddressedBook.objects.aget(pk=1)).url


async def fixed_redirect():
    return redirect(await AddressedBook.objects.select_related("author").aget(pk=1)).url


async def broken_model_to_dict():
    return sorted(model_to_dict(await Book.objects.aget(pk=1)))


async def fixed_model_to_dict():
    return sorted(model_to_dict(await Book.objects.prefetch_related("tags").aget(pk=1)))


async def broken_value_of_the_cache():
    cache.set("authors", Author.objects.order_by("name"))
    return [author.name for author in await cache.aget("authors")]


async def fixed_value_of_the_cache():
    await cache.aset("authors", Author.objects.order_by("name"))
    return [author.name for author in await cache.aget("authors")]


async def broken_rows_of_a_page():
    page = await sync_to_async(Paginator(Author.objects.order_by("name"), 1).get_page)(1)
    return [author.name for author in page.object_list]


async def fixed_rows_of_a_page():
    page = await sync_to_async(Paginator(Author.objects.order_by("name"), 1).get_page)(1)
    return [author.name async for author in page.object_list]


async def broken_beside_the_prefetched():
    cheap = Prefetch("books", Book.objects.cheap(), to_attr="cheap_books")
    return [len(author.books.all()) async for author in Author.objects.prefetch_related(cheap).order_by("pk")]


async def fixed_beside_the_prefetched():
    cheap = Prefetch("books", Book.objects.cheap(), to_attr="cheap_books")
    return [len(author.cheap_books) async for author in Author.objects.prefetch_related(cheap).order_by("pk")]


class CountedManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().filter(pk__lte=Author.objects.count())


class CountedTag(Tag):
    """Tags up to the number of authors: whoever asks for them asks for that first."""

    objects = CountedManager()

    class Meta:
        proxy = True
        app_label = "shop"


@shape("DAS001")
async def broken_queryset_of_a_manager():
    return [tag.name async for tag in CountedTag.objects.order_by("pk")]


async def fixed_queryset_of_a_manager():
    number = await Author.objects.acount()
    return [tag.name async for tag in Tag.objects.filter(pk__lte=number).order_by("pk")]


class BrokenView(DetailView):
    """Looks for its row on the loop."""

    model = Author

    async def get(self, request, *args, **kwargs):
        return HttpResponse(self.get_object().name)  # expect: DAS001


class FixedView(DetailView):
    """Looks for its row in a thread."""

    model = Author

    async def get(self, request, *args, **kwargs):
        return HttpResponse((await sync_to_async(self.get_object)()).name)


@shape("DAS001")
async def broken_generic_view():
    return (await BrokenView.as_view()(visit(), pk=1)).content


async def fixed_generic_view():
    return (await FixedView.as_view()(visit(), pk=1)).content


class BrokenListView(ListView):
    """Counts its rows on the loop, for their pages."""

    model = Author
    paginate_by = 1
    ordering = "pk"

    async def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)


class FixedListView(ListView):
    """Counts its rows in a thread."""

    model = Author
    paginate_by = 1
    ordering = "pk"

    async def get(self, request, *args, **kwargs):
        return await sync_to_async(super().get)(request, *args, **kwargs)


@shape("DAS001")
async def broken_paginated_view():
    return (await BrokenListView.as_view()(visit())).status_code


async def fixed_paginated_view():
    return (await FixedListView.as_view()(visit())).status_code


TagFormSet = forms.modelformset_factory(Tag, fields=["name"], extra=0)


@shape("DAS015")
async def broken_formset():
    return len(TagFormSet().forms)


async def fixed_formset():
    return await sync_to_async(lambda: len(TagFormSet().forms))()


@shape("DAS011")
async def broken_entered_by_a_stack():
    with ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        await Author.objects.filter(pk=1).aupdate(name="Anna")


@sync_to_async
def rename():
    with ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        Author.objects.filter(pk=1).update(name="Anna")


async def fixed_entered_by_a_stack():
    await rename()


@shape("DAS011")
async def broken_entered_by_hand():
    block = transaction.atomic()
    block.__enter__()
    await Author.objects.filter(pk=1).aupdate(name="Anna")
    block.__exit__(None, None, None)


async def fixed_entered_by_hand():
    await rename()


@shape("DAS003")
async def broken_relation_of_a_created_row():
    book, _ = await Book.objects.select_related("author").aget_or_create(title="Third", author_id=1)
    return book.author.name


async def fixed_relation_of_a_created_row():
    author = await Author.objects.aget(pk=1)
    book, _ = await Book.objects.select_related("author").aget_or_create(title="Third", author=author)
    return book.author.name


async def broken_content_of_a_stream():
    response = StreamingHttpResponse(Author.objects.order_by("pk").values_list("name", flat=True))
    return [part async for part in response]


async def fixed_content_of_a_stream():
    response = StreamingHttpResponse(
        name async for name in Author.objects.order_by("pk").values_list("name", flat=True)
    )
    return [part async for part in response]


class BookEncoder(json.JSONEncoder):
    def default(self, book):
        return {"title": book.title, "author": book.author.name}


@shape("DAS003")
async def broken_encoder():
    return json.dumps({"book": await Book.objects.aget(pk=1)}, cls=BookEncoder)


async def fixed_encoder():
    return json.dumps({"book": await Book.objects.select_related("author").aget(pk=1)}, cls=BookEncoder)
