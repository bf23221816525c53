"""A template is rendered on the event loop, and its context still has to ask."""

from asgiref.sync import sync_to_async
from django.shortcuts import render
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.template.response import TemplateResponse
from django.views import View
from shape import costs
from shop.models import Book
from shop.visits import visit

CODE = "DAS014"
CATALOGUE = [21]


async def broken_render():
    async def page(request):
        return render(request, "shop/books.html", {"books": Book.objects.all()})

    return await page(visit())


async def fixed_render():
    async def page(request):
        return await sync_to_async(render)(request, "shop/books.html", {"books": Book.objects.all()})

    return await page(visit())


async def broken_extended():
    async def page(request):
        return render(request, "shop/framed.html")

    return await page(visit())


async def fixed_extended():
    async def page(request):
        return await sync_to_async(render)(request, "shop/framed.html")

    return await page(visit())


async def broken_included():
    async def page(request):
        return render(request, "shop/shelf.html", {"books": Book.objects.all()})

    return await page(visit())


async def fixed_included():
    async def page(request):
        return render(request, "shop/shelf.html", {"books": [book async for book in Book.objects.all()]})

    return await page(visit())


async def broken_evaluated_too_late():
    async def page(request):
        books = Book.objects.filter(price__lt=10)
        return render(request, "shop/books.html", {"books": books})

    return await page(visit())


async def fixed_evaluated_too_late():
    async def page(request):
        books = [book async for book in Book.objects.filter(price__lt=10)]
        return render(request, "shop/books.html", {"books": books})

    return await page(visit(logged_in=False))


async def broken_context_variable():
    async def page(request):
        context = {"title": "All", "books": Book.objects.cheap()}
        return render(request, "shop/books.html", context)

    return await page(visit())


async def fixed_context_variable():
    async def page(request):
        context = {"title": "All", "books": Book.objects.cheap()}
        return TemplateResponse(request, "shop/books.html", context)

    response = await page(visit())
    return await sync_to_async(response.render)()


async def broken_relation():
    async def page(request):
        book = await Book.objects.aget(pk=1)
        return render(request, "shop/book.html", {"book": book})

    return await page(visit())


async def fixed_relation():
    async def page(request):
        book = await Book.objects.select_related("author").aget(pk=1)
        return render(request, "shop/book.html", {"book": book})

    return await page(visit())


async def broken_render_to_string():
    return render_to_string("shop/books.html", {"books": Book.objects.all()})


async def fixed_render_to_string():
    return await sync_to_async(render_to_string)("shop/books.html", {"books": Book.objects.all()})


async def broken_get_template():
    template = get_template("shop/books.html")
    return template.render({"books": Book.objects.all()})


async def fixed_get_template():
    template = get_template("shop/books.html")
    return template.render({"books": [book async for book in Book.objects.all()]})


async def broken_template_from_text():
    template = Template("{% for book in books %}{{ book.title }}{% endfor %}")
    return template.render(Context({"books": Book.objects.all()}))


async def fixed_template_from_text():
    template = Template("{% for book in books %}{{ book.title }}{% endfor %}")
    return template.render(Context({"books": [book async for book in Book.objects.all()]}))


class BrokenBooks(View):
    """Renders on the loop."""

    async def get(self, request):
        return render(request, "shop/books.html", {"books": Book.objects.all()})


class FixedBooks(View):
    """Leaves the rendering to the handler, which does it in a thread."""

    async def get(self, request):
        return TemplateResponse(request, "shop/books.html", {"books": Book.objects.all()})


async def broken_class_based_view():
    return await BrokenBooks.as_view()(visit())


async def fixed_class_based_view():
    return await FixedBooks.as_view()(visit())


async def broken_user_of_the_template():
    async def page(request):
        return render(request, "shop/hello.html")  # a context processor hands it the user

    return await page(visit())


async def fixed_user_of_the_template():
    async def page(request):
        return TemplateResponse(request, "shop/hello.html")

    response = await page(visit())
    return await sync_to_async(response.render)()


async def broken_user_in_a_condition():
    async def page(request):
        return render(request, "shop/member.html")  # {% if user.is_active %}

    return await page(visit())


@costs(gives="200 not yours\n")
async def trap_user_in_a_condition():
    async def page(request):
        return render(request, "shop/owner.html")  # {% if user.pk == 1 %}: what fails in a comparison is false

    return await page(visit())


async def fixed_user_in_a_condition():
    async def page(request):
        return render(request, "shop/owner.html", {"user": await request.auser()})

    return await page(visit())
