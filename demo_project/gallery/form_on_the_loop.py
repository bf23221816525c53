"""A form, a model's validation or a paginator asks the database on the event loop."""

from asgiref.sync import sync_to_async
from django.core.paginator import Paginator
from shape import costs, shape
from shop.forms import AuthorForm, BookForm, SearchForm, ShelfForm, TitleForm
from shop.models import Author, Book

CODE = "DAS015"
CATALOGUE = [22]
CONTROL = {"fixed does other work": ["own_errors"]}

NEW = {"name": "Cid", "email": "cid@example.org"}


async def broken_unique_value():
    form = AuthorForm(NEW)
    return form.is_valid()


async def fixed_unique_value():
    form = AuthorForm(NEW)
    return await sync_to_async(form.is_valid)()


async def broken_choice_of_rows():
    form = BookForm({"title": "Third", "author": "1"})
    if form.is_valid():
        return form.cleaned_data["author"]
    return None


async def fixed_choice_of_rows():
    form = BookForm({"title": "Third", "author": "1"})
    if await sync_to_async(form.is_valid)():
        return form.cleaned_data["author"]
    return None


@costs(gives=None)
async def trap_choice_of_rows():
    form = BookForm({"title": "Third", "author": ""})  # as a test with an empty form: there is nothing to look up
    if form.is_valid():
        return form.cleaned_data["author"]
    return None


async def broken_plain_form():
    return AuthorForm(NEW).is_valid()


async def fixed_plain_form():
    return SearchForm({"words": "async"}).is_valid()


async def broken_errors():
    return AuthorForm(NEW).errors


async def fixed_errors():
    return await sync_to_async(lambda: AuthorForm(NEW).errors)()


async def broken_fields_of_rows():
    return ShelfForm({})


async def fixed_fields_of_rows():
    return await sync_to_async(ShelfForm)({})


async def broken_own_validation():
    return TitleForm({"title": "Third"}).is_valid()


async def fixed_own_validation():
    return await sync_to_async(TitleForm({"title": "Third"}).is_valid)()


async def broken_own_errors():
    return TitleForm({"title": "Third"}).errors


async def fixed_own_errors():
    form = TitleForm({"title": "Third"})
    await sync_to_async(form.full_clean)()
    return form.cleaned_data


async def broken_save():
    form = AuthorForm(NEW)
    if await sync_to_async(form.is_valid)():
        form.save()


async def fixed_save():
    form = AuthorForm(NEW)
    if await sync_to_async(form.is_valid)():
        await sync_to_async(form.save)()


@shape("DAS001", "DAS015")
async def broken_save_of_instance():
    form = AuthorForm(NEW, instance=await Author.objects.aget(pk=1))
    if await sync_to_async(form.is_valid)():
        author = form.save(commit=False)
        author.save()


async def fixed_save_of_instance():
    form = AuthorForm(NEW, instance=await Author.objects.aget(pk=1))
    if await sync_to_async(form.is_valid)():
        author = form.save(commit=False)
        await author.asave()


async def broken_as_html():
    return BookForm().as_p()


async def fixed_as_html():
    return await sync_to_async(BookForm().as_p)()


async def broken_full_clean():
    author = Author(**NEW)
    author.full_clean()


async def fixed_full_clean():
    author = Author(**NEW)
    await sync_to_async(author.full_clean)()


async def broken_validate_unique():
    author = await Author.objects.aget(pk=1)
    author.validate_unique()


async def fixed_validate_unique():
    author = await Author.objects.aget(pk=1)
    author.clean_fields()


async def broken_page():
    paginator = Paginator(Book.objects.order_by("title"), 1)
    return paginator.page(1)


async def fixed_page():
    paginator = Paginator(Book.objects.order_by("title"), 1)
    return await sync_to_async(lambda: list(paginator.page(1)))()


async def broken_get_page():
    return Paginator(Book.objects.order_by("title"), 1).get_page(2)


async def fixed_get_page():
    books = [book async for book in Book.objects.order_by("title")]
    return list(Paginator(books, 1).get_page(2))


async def broken_number_of_pages():
    return Paginator(Book.objects.order_by("title"), 1).num_pages


async def fixed_number_of_pages():
    return Paginator(["one", "two"], 1).num_pages
