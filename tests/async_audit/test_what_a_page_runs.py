"""What a page runs beside its view: processors and tags that the project has, and the site that is kept."""

import pytest

from async_audit.static import audit

SETTINGS = """
INSTALLED_APPS = ["django.contrib.sites", "shop"]
TEMPLATES = [{"OPTIONS": {"context_processors": ["shop.context.shelf"]}}]
"""
MODELS = """
from django.db import models

class Book(models.Model):
    title = models.CharField(max_length=20)
"""
PLAIN = "def shelf(request):\n    return {}\n"
OF_A_CLASS = """
from shop.models import Book

class Shelf:
    def __call__(self, request):
        return {"count": Book.objects.count()}

shelf = Shelf()
"""
OF_THE_USER = "def shelf(request):\n    return {'name': request.user.username}\n"
TAGS = """
from django import template
from shop.models import Book

register = template.Library()

class Node(template.Node):
    def render(self, context):
        return str(Book.objects.count())

@register.tag
def asks(parser, token):
    return Node()

@register.tag
def names(parser, token):
    return template.Node()

@register.inclusion_tag("rows.html")
def rows():
    return {"rows": Book.objects.all()}

@register.inclusion_tag("none.html")
def none():
    return {"rows": Book.objects.all()}
"""
VIEW = """
from django.shortcuts import render

async def page(request):
    {before}
    return render(request, "page.html", {{}})
"""
SITE = """
from asgiref.sync import sync_to_async
from django.contrib.sites.models import Site
from django.contrib.sites.shortcuts import get_current_site

async def page(request):
    {before}
    return get_current_site(request).domain, Site.objects.get_current().domain
"""


@pytest.fixture
def found(tmp_path):
    """Return the codes of what is found in a project."""

    def look(view, page="", context=PLAIN, settings=SETTINGS):
        texts = {"settings.py": settings, "shop/models.py": MODELS, "shop/context.py": context, "shop/views.py": view}
        texts |= {"templates/page.html": page, "templates/none.html": "", "shop/templatetags/shelf.py": TAGS}
        texts["templates/rows.html"] = "{% for row in rows %}{{ row.title }}{% endfor %}"
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return [finding.code for finding in audit(tmp_path).findings]

    return look


@pytest.mark.parametrize(
    ("tag", "codes"), [("asks", ["DAS014"]), ("names", []), ("rows", ["DAS014"]), ("none", []), ("unknown", [])]
)
def test_a_tag_does_what_its_node_or_template_does(found, tag, codes):
    assert found(VIEW.format(before="pass"), f"{{% load shelf %}}{{% {tag} %}}") == codes


def test_a_processor_may_be_an_object(found):
    assert found(VIEW.format(before="pass"), "Hello", OF_A_CLASS) == ["DAS014"]


def test_a_processor_gets_the_request_of_the_view(found):
    assert found(VIEW.format(before="pass"), "Hello", OF_THE_USER) == ["DAS014"]
    assert found(VIEW.format(before="request.user = await request.auser()"), "Hello", OF_THE_USER) == []


def test_the_site_is_asked_for_once(found):
    assert found(SITE.format(before="pass")) == ["DAS001"]
    assert found(SITE.format(before="await sync_to_async(get_current_site)(request)")) == []
    assert found(SITE.format(before="await sync_to_async(Site.objects.get_current)()")) == []


def test_without_its_application_a_site_is_made_of_the_request(found):
    settings = SETTINGS.replace('"django.contrib.sites", ', "")
    assert found(SITE.replace(", Site.objects.get_current().domain", "").format(before="pass"), settings=settings) == []
