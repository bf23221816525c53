#!/usr/bin/env python
"""Django's command line for LinkUp, with development settings."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main(argv: list[str] | None = None) -> None:
    """Run one management command, the process's own without `argv`; DEBUG is on unless LINKUP_DEBUG says otherwise."""
    if os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"):
        sys.exit(
            "DJANGO_ALLOW_ASYNC_UNSAFE is set: Django would hide the errors this project is about.\n"
            "Unset it (unset DJANGO_ALLOW_ASYNC_UNSAFE) and run the command again."
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linkup.settings")
    os.environ.setdefault("LINKUP_DEBUG", "1")
    if "runserver" in (argv or sys.argv):
        os.environ["LINKUP_SERVES"] = "1"
    try:
        execute_from_command_line(argv)
    except ImproperlyConfigured as error:
        sys.exit(f"LinkUp is not configured right: {error}")


if __name__ == "__main__":
    main()
