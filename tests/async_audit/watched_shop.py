"""A small project that tests of async_audit.live run: each line that is wrong says so in a comment."""

import os
import subprocess
import sys

from workshop.scratch import PROJECT

SETTINGS = """
SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
"""
MANAGE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
CODE = """
import asyncio
import time
from asgiref.sync import sync_to_async
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

def number():
    return User.objects.count()

async def asks():
    try:
        return number()  # DAS001
    except Exception:
        return 0

async def asks_quietly():
    try:
        return number()  # noqa: DAS001
    except Exception:
        return 0

async def sleeps():
    time.sleep(0.6)  # DAS101

async def hashes():
    return make_password("secret", hasher="slow")  # DAS101

async def forgets():
    User.objects.acount()  # DAS007

async def is_right():
    await asyncio.sleep(0.6)
    await sync_to_async(make_password)("secret", hasher="slow")
"""
COMMAND = """
import asyncio, sys
from django.core.management import BaseCommand
from shop import code

class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("name")
    def handle(self, name, **options):
        print(asyncio.run(getattr(code, name)()))
"""
HASHER = """
from django.contrib.auth.hashers import PBKDF2PasswordHasher

class Slow(PBKDF2PasswordHasher):
    algorithm = "slow"
    iterations = 3_000_000
"""


def make_shop(folder):
    """Write the project; return its folder."""
    files = {
        "settings.py": SETTINGS + "PASSWORD_HASHERS = ['hasher.Slow']\nINSTALLED_APPS += ['shop']\n",
        "hasher.py": HASHER,
        "manage.py": MANAGE,
        "shop/__init__.py": "",
        "shop/code.py": CODE.lstrip(),
        "shop/management/commands/act.py": COMMAND,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def line(text, code=CODE):
    """Return the number of the line with a text."""
    return next(n for n, each in enumerate(code.lstrip().splitlines(), 1) if text in each)


def start(folder, *arguments, **environ):
    """Run Python in a folder, with the checker to import; return exit code, output, errors."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "LINKUP_", "PYTEST_"))
    }
    # Other plugins of pytest have nothing to do in such a run, and take seconds to load.
    own = {"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environ = clean | own | environ
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environ, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr
