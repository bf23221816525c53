"""Looks for SynchronousOnlyOperation in the project's source, and where it has been logged."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from async_audit.command import HELP, Site, add_arguments, run
from async_audit.errors import CannotLook


class Command(BaseCommand):
    """Print the places that raise the error; exit 0 without any, 1 with some, 2 when it could not look."""

    help = f"{HELP} Without PATH and --log: in settings.BASE_DIR, and in the file that settings.LOG_FILE names."
    requires_system_checks: list[str] = []  # whatever is wrong with the project, its source and its log can be read

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take paths, logs and wishes."""
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, then report. Raises CommandError when something cannot be read."""
        log = getattr(settings, "LOG_FILE", None)
        site = Site(Path(getattr(settings, "BASE_DIR", ".")).resolve(), os.fspath(log) if log else None)
        try:
            code = run(options, self.stdout, self.stderr, site)
        except CannotLook as error:
            raise CommandError(str(error), returncode=2) from None
        if code:
            sys.exit(code)
