"""Objects that a program itself puts together: warmed in a thread, tied to each other, with operators of their own."""

import pytest

from async_audit.static import audit

MODELS = """
import functools
from functools import cached_property

from asgiref.sync import sync_to_async
from django.db import models


class Folder(models.Model):
    name = models.CharField(max_length=20)
    parent = models.ForeignKey("self", models.CASCADE, null=True)


class Shelf:
    def __init__(self, pk):
        self.pk = pk

    @cached_property
    def folder(self):
        return Folder.objects.get(pk=self.pk)

    @cached_property
    def inner(self):
        return list(Folder.objects.filter(parent=self.folder))

    @property
    def size(self):
        return len(self.inner)

    def warm(self):
        self.inner
        return self


class Rule:
    def __init__(self, *parts):
        self.parts = parts

    def holds(self, pk):
        return all(part.holds(pk) for part in self.parts)

    def __and__(self, other):
        return Both(self, other)


class Both(Rule):
    def __init__(self, one, other):
        self.one, self.other = one, other

    def holds(self, pk):
        return self.one.holds(pk) and self.other.holds(pk)


class Exists(Rule):
    def holds(self, pk):
        return Folder.objects.filter(pk=pk).exists()


class Even(Rule):
    def holds(self, pk):
        return pk % 2 == 0


class Known(dict):
    def __missing__(self, pk):
        return Folder.objects.get(pk=pk)


def hop(function=None, *, sensitive=True):
    def wrap(inner):
        return functools.wraps(inner)(sync_to_async(inner, thread_sensitive=sensitive))

    return wrap(function) if function else wrap


async def load(pk, whole=False):
    folders = Folder.objects.all()
    if whole:
        folders = folders.select_related("parent")
    return await folders.aget(pk=pk)


"""


@pytest.fixture
def found(tmp_path):
    """Return the codes of what is found in a text behind the models."""

    def look(text):
        (tmp_path / "folders.py").write_text(MODELS + text)
        return [finding.code for finding in audit(tmp_path).findings if finding.tier < 3]

    return look


def function(*lines):
    return "\n    ".join(["async def handle(pk, flag=False):", *lines]) + "\n"


WARMED = ["shelf = Shelf(pk)", "await sync_to_async(shelf.warm)()", "return shelf.size, shelf.folder.name"]


def many(step):
    loop = ["shelves = [Shelf(pk)]", "for shelf in shelves:", f"    {step}"]
    return function(*loop, "return sum(shelf.size for shelf in shelves)")


def tree(rows, step="row.parent = rows.get(row.parent_id)"):
    loop = ["rows = {row.pk: row async for row in Folder.objects.all()}", f"for row in {rows}:", f"    {step}"]
    return function(*loop, "return [row.parent.parent.name for row in rows.values()]")


def test_what_a_cached_property_reads_is_kept_with_it(found):
    assert found(function(*WARMED)) == []
    assert found(function(WARMED[0], WARMED[2])) != []


def test_a_method_is_called_on_what_an_object_has_become(found):
    assert found(function("shelf = Shelf(pk)", "await sync_to_async(shelf.warm)()", "return shelf.warm()")) == []


def test_what_each_gets_in_a_loop_all_have(found):
    assert found(many("await sync_to_async(shelf.warm)()")) == []
    assert found(many("shelf.pk = 3")) != []


@pytest.mark.parametrize("rows", ["rows.values()", "list(rows.values())", "sorted(rows.values(), key=str)"])
def test_a_tree_that_is_put_together_is_at_hand(found, rows):
    assert found(tree(rows)) == []
    assert found(tree(rows, "row.name = rows.get(row.parent_id).name")) != []


def test_a_loop_that_puts_other_rows_under_the_name_gives_none_of_them(found):
    assert found(tree("rows.values()", "row.parent = await load(pk); rows = {1: await load(pk)}")) != []


@pytest.mark.parametrize(("rule", "codes"), [("Even() & Exists()", ["DAS001"]), ("Even() & Even()", [])])
def test_an_operator_is_a_method_of_its_left_side(found, rule, codes):
    assert found(f"RULE = {rule}\n\n\n" + function("return RULE.holds(pk)")) == codes


def test_a_dict_calls_a_method_for_a_key_that_is_missing(found):
    assert found(function("known = Known()", "return known[pk].name")) == ["DAS001"]


@pytest.mark.parametrize("decorator", ["hop", "hop()", "hop(sensitive=False)"])
def test_a_function_with_the_name_of_another_is_itself(found, decorator):
    text = f"@{decorator}\ndef first():\n    return Folder.objects.first()\n\n\n"
    assert found(text + function("return await first()")) == []


def test_what_is_not_known_is_not_the_default(found):
    read = ["text = folder.name", "if flag:", "    text += folder.parent.name", "return text"]
    assert found(function("folder = await load(pk, whole=flag)", *read)) == []
    assert found(function("folder = await load(pk, whole=False)", *read)) == ["DAS003"]
    assert found(function("folder = await load(pk)", *read)) == ["DAS003"]


def test_a_row_of_one_of_two_queries_has_what_both_load(found):
    assert found(function("folder = await load(pk, whole=flag)", "return folder.parent.name")) == ["DAS003"]
