"""A model that derives from another has a row in both tables; the way from the base's row to its own asks."""

from asgiref.sync import sync_to_async
from shape import costs
from shop.models import Author, Magazine, SpecialIssue

CODE = "DAS003"
CATALOGUE = [8]


async def broken_from_the_base():
    issue = await SpecialIssue.objects.acreate(name="Summer", topic="Sun")
    magazine = await Magazine.objects.aget(pk=issue.pk)
    return magazine.specialissue.topic


async def fixed_from_the_base():
    issue = await SpecialIssue.objects.acreate(name="Summer", topic="Sun")
    magazine = await Magazine.objects.select_related("specialissue").aget(pk=issue.pk)
    return magazine.specialissue.topic


async def broken_of_either_kind():
    await SpecialIssue.objects.acreate(name="Summer", topic="Sun")
    return [hasattr(magazine, "specialissue") async for magazine in Magazine.objects.order_by("pk")]


async def fixed_of_either_kind():
    await SpecialIssue.objects.acreate(name="Summer", topic="Sun")
    magazines = Magazine.objects.select_related("specialissue").order_by("pk")
    return [hasattr(magazine, "specialissue") async for magazine in magazines]


async def broken_behind_the_base():
    editor = await Author.objects.aget(pk=1)
    created = await SpecialIssue.objects.acreate(name="Summer", topic="Sun", editor=editor)
    issue = await SpecialIssue.objects.aget(pk=created.pk)
    return issue.magazine_ptr.editor.name


async def partial_behind_the_base():
    editor = await Author.objects.aget(pk=1)
    created = await SpecialIssue.objects.acreate(name="Summer", topic="Sun", editor=editor)
    issue = await SpecialIssue.objects.select_related("editor").aget(pk=created.pk)
    return issue.magazine_ptr.editor.name  # the base's row is made of the fields, and knows nothing of the editor's


@costs(gives="Summer")
async def trap_behind_the_base():
    editor = await Author.objects.aget(pk=1)
    created = await SpecialIssue.objects.acreate(name="Summer", topic="Sun", editor=editor)
    issue = await SpecialIssue.objects.aget(pk=created.pk)
    return issue.magazine_ptr.name  # the base's row is made of the fields of this one, and nobody is asked


async def fixed_behind_the_base():
    editor = await Author.objects.aget(pk=1)
    created = await SpecialIssue.objects.acreate(name="Summer", topic="Sun", editor=editor)
    issue = await SpecialIssue.objects.select_related("editor").aget(pk=created.pk)
    return issue.editor.name


async def broken_base_of_some_fields():
    created = await SpecialIssue.objects.acreate(name="Summer", topic="Sun")
    issue = await SpecialIssue.objects.only("topic").aget(pk=created.pk)
    return issue.magazine_ptr.name


async def fixed_base_of_some_fields():
    created = await SpecialIssue.objects.acreate(name="Summer", topic="Sun")
    issue = await SpecialIssue.objects.aget(pk=created.pk)
    return issue.magazine_ptr.name


def kind_of(magazine):
    return "special" if hasattr(magazine, "specialissue") else "plain"


async def broken_helper():
    return [kind_of(magazine) async for magazine in Magazine.objects.all()]


async def fixed_helper():
    return [await sync_to_async(kind_of)(magazine) async for magazine in Magazine.objects.all()]
