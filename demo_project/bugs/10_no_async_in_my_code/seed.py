"""Run the command, as `manage.py seed_demo` does."""

import os

from django.core.management import call_command

call_command("seed_demo", password="popcorn")  # noqa: S106
assert not os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"), (
    "the command has switched Django's guard off, for all that follows."
)
