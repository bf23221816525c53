"""Django inside the notebook's own process, for lesson 00: the rule, with nothing else around it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

from .errors import WorkshopError
from .lab import Lab, refuse_unsafe_flag

PEOPLE = ("ana", "ben", "chloe")
UNSET = "stop JupyterLab, unset it in that terminal (unset DJANGO_ALLOW_ASYNC_UNSAFE), and start again"


def start_django() -> Any:
    """Set Django up with a SQLite file and three users, once per kernel, and return the user model.

    User = start_django()
    """
    refuse_unsafe_flag()
    if not settings.configured:
        folder = tempfile.mkdtemp(prefix="workshop-")
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(folder) / "db.sqlite3")}
        apps = ["django.contrib.auth", "django.contrib.contenttypes"]
        settings.configure(
            INSTALLED_APPS=apps,
            DATABASES={"default": database},
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            USE_TZ=True,
        )
        django.setup()
        # In this thread a loop is running; migrating here would raise what the lesson is about.
        with ThreadPoolExecutor(max_workers=1) as thread:
            thread.submit(_migrate).result()
    from django.contrib.auth.models import User

    return User


def _migrate() -> None:
    from django.contrib.auth.models import User
    from django.db import connection

    call_command("migrate", verbosity=0)
    User.objects.bulk_create(User(username=name) for name in PEOPLE)
    connection.close()


async def check_machine() -> None:
    """Print OK or FAIL for everything the lessons need, and what to do about a FAIL.

    await check_machine()
    """
    checks = [
        ("Python 3.11 or later", sys.version_info >= (3, 11), "make a new environment: make PYTHON=python3.13 lab"),
        ("Django 5.2 or later", django.VERSION >= (5, 2), "start JupyterLab with: make lab"),
        ("git", _git_works(), "install git and restart the kernel"),
        ("DJANGO_ALLOW_ASYNC_UNSAFE is not set", not os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"), UNSET),
        ("a free port on 127.0.0.1", _can_listen(), "allow this machine to connect to itself (firewall, VPN)"),
    ]
    for name, holds, advice in checks:
        print(f"OK    {name}" if holds else f"FAIL  {name}: {advice}")
    if all(holds for _name, holds, _advice in checks):
        lab = None
        try:
            lab = Lab()
            await lab.serve()
            print("OK    LinkUp starts")
        except WorkshopError as error:
            print(f"FAIL  LinkUp starts: {error}")
        finally:
            if lab:
                await lab.close()


def _git_works() -> bool:
    # macOS ships a git that only asks for the developer tools.
    return shutil.which("git") is not None and subprocess.run(["git", "--version"], capture_output=True).returncode == 0


def _can_listen() -> bool:
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", 0))
        except OSError:
            return False
        return True
