"""The demo people."""

from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from messaging.models import Message

pytestmark = pytest.mark.django_db


def seed(settings, **options):
    settings.DEBUG = True
    out = StringIO()
    call_command("seed_demo", stdout=out, **options)
    return out.getvalue().strip()


def test_a_password_is_made_and_printed(settings):
    line = seed(settings)
    password = line.rpartition(" ")[2]
    assert line == f"Users: ana, ben, chloe. Password of each: {password}"
    assert authenticate(username="ben", password=password)
    assert seed(settings).rpartition(" ")[2] != password


def test_running_again_doubles_nothing(settings):
    seed(settings, password="one for the class")
    first = list(Message.objects.values_list("pk", "content"))
    assert len(first) == 3
    seed(settings, password="one for the class")
    assert list(Message.objects.values_list("pk", "content")) == first


def test_a_production_site_is_left_alone(settings, django_user_model):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="LINKUP_DEBUG"):
        call_command("seed_demo")
    assert not django_user_model.objects.exists()
