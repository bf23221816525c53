"""Django as the gallery's programs find it: the bookshop, its rows, and a database for each program.

Part of the gallery's process, whose folder is demo_project/gallery/.
"""

import itertools
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

NUMBERS = itertools.count(1)


class Databases:
    """One database with the rows that all programs find, and a copy of it for each run."""

    def __init__(self, folder: Path, url: str = "") -> None:
        """Take a folder for SQLite files, or the URL of a database on a PostgreSQL server."""
        self.folder, self.url = folder, url
        self.name = f"gallery_{os.getpid()}" if url else str(folder / "rows.sqlite3")
        configure(self.settings())

    def create(self) -> None:
        """Make the first one."""
        if self.url:
            self.on_server(f"CREATE DATABASE {self.name}")
        create_rows()

    def settings(self) -> dict[str, Any]:
        """Return what Django needs to find it."""
        if self.url:
            import dj_database_url

            return dj_database_url.parse(self.url) | {"NAME": self.name}
        options = {"init_command": "PRAGMA synchronous=OFF"}  # no row here has to outlive a power cut
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": self.name, "OPTIONS": options}

    def copy(self) -> str:
        """Make the next copy, and return its name."""
        if self.url:
            own = f"{self.name}_{next(NUMBERS)}"
            self.on_server(f"CREATE DATABASE {own} TEMPLATE {self.name}")
            return own
        return str(shutil.copy(self.name, self.folder / f"{next(NUMBERS)}.sqlite3"))

    def remove(self, name: str) -> None:
        """Remove a copy, or with its own name the first one."""
        if self.url:
            self.on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        else:
            Path(name).unlink(missing_ok=True)

    def on_server(self, statement: str) -> None:
        """Run what no transaction may hold, in the database that the URL names."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as server:
            server.execute(statement)


def configure(database: dict[str, Any]) -> None:
    """Set Django up, once."""
    from shop import settings as shop_settings

    settings.configure(
        INSTALLED_APPS=shop_settings.INSTALLED_APPS,
        SITE_ID=shop_settings.SITE_ID,
        DATABASES={"default": database},
        TEMPLATES=shop_settings.TEMPLATES,
        CACHES={
            "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
            "table": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cached"},
        },
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ALLOWED_HOSTS=["testserver"],
        CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
        ROOT_URLCONF="shop.urls",
        SECRET_KEY="shapes",  # noqa: S106 - of a database that lasts for one program
        USE_TZ=True,
    )
    django.setup()


def create_rows() -> None:
    """Create what all programs find."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.contenttypes.models import ContentType
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from shop import visits
    from shop.models import Author, Book, Comment, Magazine, Profile, Tag

    call_command("migrate", verbosity=0)  # first: the shop's tables refer to those of contenttypes
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    caches["table"].set("greeting", "Good morning", timeout=None)
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


def change_rows() -> None:
    """Change what programs do not look for, so that an answer that was not asked for is wrong."""
    from django.db.models import F, Value
    from django.db.models.functions import Concat
    from shop.models import Author, Book, Comment, Profile

    Book.objects.update(author=Author.objects.get(name="Bob"), price=F("price") + 2, blurb="Longer")
    Profile.objects.update(bio=Concat("bio", Value(" more")))
    Comment.objects.update(text="Better")
    Author.objects.update(email=Concat(Value("new_"), "email"))
    connections.close_all()


def rows() -> list[str]:
    """Return what is in the shop, and who its users are, as lines that two runs can be compared by."""
    from django.apps import apps

    tables = {"user": ("auth_user", ["username"])}
    for model in apps.get_app_config("shop").get_models(include_auto_created=True):
        tables[str(model._meta.model_name)] = (
            model._meta.db_table,
            [f.column for f in model._meta.concrete_model._meta.local_concrete_fields],
        )
    connection.execute_wrappers.clear()  # the programs' queries are watched, these are not
    quote = connection.ops.quote_name
    lines = []
    with connection.cursor() as cursor:
        for name, (table, columns) in tables.items():
            listed = ", ".join(map(quote, columns))
            cursor.execute(f"SELECT {listed} FROM {quote(table)} ORDER BY {listed}")  # noqa: S608
            lines += [f"{name}: {', '.join(map(str, row))}" for row in cursor.fetchall()]
    return lines


def use(name: str) -> None:
    """Let the connection of this process, and those of its threads to come, be to another database."""
    connection.settings_dict["NAME"] = name
