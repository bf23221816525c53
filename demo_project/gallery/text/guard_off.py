"""Django's guard is switched off, for all of the process. Only read, never run."""

import os
from os import environ

CODE = "DAS021"
CATALOGUE = [41]


def broken_item():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # expect: DAS021


def fixed_item():
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"


def broken_setdefault():
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "false")  # expect: DAS021


def fixed_setdefault():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")


def broken_imported_environ():
    environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # expect: DAS021


def fixed_imported_environ():
    environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def broken_update():
    os.environ.update(DJANGO_ALLOW_ASYNC_UNSAFE="1")  # expect: DAS021


def fixed_update():
    return "DJANGO_ALLOW_ASYNC_UNSAFE" in os.environ


def broken_union():
    os.environ |= {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"}  # expect: DAS021


def fixed_union():
    return os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
