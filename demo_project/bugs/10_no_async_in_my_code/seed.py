"""Run the command, as `manage.py seed_demo` does."""

from django.core.management import call_command

call_command("seed_demo", password="popcorn")  # noqa: S106
