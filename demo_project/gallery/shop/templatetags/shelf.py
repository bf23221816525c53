"""Tags and filters of the shop, each of which asks."""

from django import template

from shop.models import Author, Book

register = template.Library()


@register.simple_tag
def newest(count):
    return ", ".join(book.title for book in Book.objects.order_by("-pk")[:count])


@register.inclusion_tag("shop/titles.html")
def written_by(name):
    return {"books": Book.objects.filter(author__name=name).order_by("pk")}


@register.filter
def byline(book):
    return f"by {book.author.name}"


class AuthorsNode(template.Node):
    """How many authors there are."""

    def render(self, context):
        return str(Author.objects.count())


@register.tag
def authors(parser, token):
    return AuthorsNode()
