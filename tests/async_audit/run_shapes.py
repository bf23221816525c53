"""Runs the programs of shapes/ under Django and prints a JSON line for each: what the interpreter says of it.

Started as a program by the tests: run_shapes.py FOLDER; databases are written into FOLDER.
"""

import asyncio
import gc
import importlib
import inspect
import io
import json
import logging
import multiprocessing
import shutil
import sys
import traceback
import warnings
from contextlib import redirect_stdout
from datetime import timedelta
from pathlib import Path

import django
from django.conf import settings

SHAPES = Path(__file__).parent / "shapes"
FOLDER = Path(sys.argv[1])
ROWS = FOLDER / "rows.sqlite3"
ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR

sys.path.insert(0, str(SHAPES))
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "shop"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": ROWS,
            "OPTIONS": {"init_command": "PRAGMA synchronous=OFF"},  # no row here has to outlive a power cut
        }
    },
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.contrib.auth.context_processors.auth"]},
        }
    ],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF="shop.urls",
    SECRET_KEY="shapes",
    USE_TZ=True,
)
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.exceptions import SynchronousOnlyOperation  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.utils import timezone  # noqa: E402
from shop import visits  # noqa: E402
from shop.models import Author, Book, Comment, Magazine, Profile, Tag  # noqa: E402


class StrictHandler(logging.NullHandler):
    """Formats each record and raises what that raises; logging's own handlers print it and go on."""

    def handle(self, record):
        record.getMessage()


def create_rows():
    """Create what all programs find."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    ann, bob = (Author.objects.create(name=name, email=f"{name.lower()}@example.org") for name in ("Ann", "Bob"))
    Profile.objects.create(author=ann, bio="Writes")
    Profile.objects.create(author=bob, bio="Reads")
    for title in ("First", "Second"):
        book = Book.objects.create(title=title, blurb="Long", author=ann)
        book.tags.set([Tag.objects.create(name=f"about {title}"), Tag.objects.create(name="all")])
    Comment.objects.create(text="Good", target=Book.objects.get(pk=1))
    Magazine.objects.create(name="Weekly")
    user = User.objects.create_user("ann", "ann@example.org", "secret")
    login = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    Session.objects.create(
        session_key=visits.SESSION_KEY,
        session_data=SessionStore().encode(login | {"color": "red"}),
        expire_date=timezone.now() + timedelta(hours=1),
    )
    ContentType.objects.clear_cache()
    connections.close_all()


def deepest_async(error):
    """Return the place of the deepest frame in an `async def` of the shapes, by the rule of async_audit.logs."""
    places = [
        (Path(frame.f_code.co_filename), line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_flags & ASYNC and not frame.f_code.co_name.startswith("<")
    ]
    inside = [(path.relative_to(SHAPES).as_posix(), line) for path, line in places if path.is_relative_to(SHAPES)]
    return inside[-1] if inside else None


async def error_of(program):
    """Run a program, and what it has left to the loop; return the error of either, or nothing."""
    left = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: left.append(context["exception"]))
    task = asyncio.create_task(program())
    await asyncio.wait([task])
    await asyncio.sleep(0)
    return next(iter([*filter(None, [task.exception()]), *left]), None)


def run(module, name):
    """Run one program on rows of its own, and print what became of it."""
    own = FOLDER / f"{module}.{name}.sqlite3"
    connection.settings_dict["NAME"] = shutil.copy(ROWS, own)
    program = getattr(importlib.import_module(module), name)
    with warnings.catch_warnings(record=True) as caught, redirect_stdout(io.StringIO()):
        warnings.simplefilter("always")
        outcome = describe(asyncio.run(error_of(program)))
        gc.collect()  # a coroutine that was not awaited warns when it is collected
    own.unlink()
    never_awaited = any("never awaited" in str(warning.message) for warning in caught)
    print(json.dumps({"module": module, "name": name, "never_awaited": never_awaited, **outcome}), flush=True)


def describe(error):
    return {
        "error": type(error).__name__ if error else None,
        "message": str(error or ""),
        "soo": isinstance(error, SynchronousOnlyOperation),
        "place": deepest_async(error) if error else None,
    }


def programs():
    """Return module and name of every program, in the order of the files."""
    for path in sorted(SHAPES.glob("das*.py")):
        module = importlib.import_module(path.stem)
        for name in vars(module):
            if name.startswith(("broken_", "fixed_")):
                yield module.__name__, name


if __name__ == "__main__":
    logging.basicConfig(handlers=[StrictHandler()], level=logging.INFO, force=True)
    create_rows()
    everything = list(programs())
    gc.freeze()  # what the modules hold is nothing to collect
    for program in everything:
        # A process of its own: a cold ContentType cache, no connection, no thread of the program before.
        process = multiprocessing.get_context("fork").Process(target=run, args=program)
        process.start()
        process.join()
