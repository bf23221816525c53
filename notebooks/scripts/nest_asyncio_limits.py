"""What nest_asyncio changes about a running loop, and what it leaves as it is."""

import asyncio

import django
import nest_asyncio
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()


async def answer():
    return 42


def ask_database():
    with connection.cursor() as cursor:
        return cursor.execute("SELECT 42").fetchone()[0]


def attempt(name, call):
    try:
        print(f"  {name:<26}{call()}")
    except (RuntimeError, SynchronousOnlyOperation) as error:
        print(f"  {name:<26}{type(error).__name__}")


async def main():
    for title, prepare in [("before", lambda: None), ("after nest_asyncio.apply()", nest_asyncio.apply)]:
        prepare()
        print(title)
        waiting = answer()
        attempt("asyncio.run(answer())", lambda waiting=waiting: asyncio.run(waiting))
        waiting.close()
        attempt("async_to_sync(answer)()", async_to_sync(answer))
        attempt("a database query", ask_database)


asyncio.run(main())
