"""Models with a table for each class: what leads from the row of a base to its own row, and back."""

import pytest

from async_audit.static import audit

MODELS = """
from django.db import models


class Owner(models.Model):
    name = models.CharField(max_length=20)


class Place(models.Model):
    name = models.CharField(max_length=20)
    owner = models.ForeignKey(Owner, models.CASCADE)


class Inn(Place):
    rooms = models.IntegerField(default=1)


class Bar(Place):
    place = models.OneToOneField(Place, models.CASCADE, parent_link=True, related_name="as_bar")


class Quiet(Place):
    class Meta:
        proxy = True


async def handle(pk):
    return {}
"""


@pytest.fixture
def found(tmp_path):
    """Return the codes of what is found in an async function that gives a value."""

    def look(value):
        (tmp_path / "places.py").write_text(MODELS.format(value))
        return [finding.code for finding in audit(tmp_path).findings if finding.tier < 3]

    return look


@pytest.mark.parametrize(
    "value",
    [
        "(await Inn.objects.aget(pk=pk)).place_ptr.name",
        "(await Bar.objects.aget(pk=pk)).place.name",
        "(await Inn.objects.only('name', 'owner').aget(pk=pk)).place_ptr.name",
        "(await Place.objects.select_related('inn').aget(pk=pk)).inn.rooms",
        "(await Place.objects.select_related('inn', 'owner').aget(pk=pk)).inn.owner.name",
        "(await Inn.objects.select_related('owner').aget(pk=pk)).owner.name",
        "(await Inn.objects.select_related('place_ptr__owner').aget(pk=pk)).place_ptr.owner.name",
    ],
)
def test_what_is_at_hand(found, value):
    assert found(value) == []


@pytest.mark.parametrize(
    "value",
    [
        "(await Place.objects.aget(pk=pk)).inn.rooms",
        "(await Place.objects.aget(pk=pk)).as_bar",
        "(await Quiet.objects.aget(pk=pk)).inn.rooms",
        "hasattr(await Place.objects.aget(pk=pk), 'inn')",
        "(await Inn.objects.aget(pk=pk)).place_ptr.owner.name",
        "(await Inn.objects.select_related('owner').aget(pk=pk)).place_ptr.owner.name",
        "(await Inn.objects.only('rooms').aget(pk=pk)).place_ptr.name",
    ],
)
def test_what_asks(found, value):
    assert found(value) == ["DAS003"]


def test_a_proxy_has_no_row_of_its_own(found):
    assert found("(await Quiet.objects.aget(pk=pk)).place_ptr") == []
