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


def run_again():
    coroutine = answer()
    try:
        return asyncio.run(coroutine)
    finally:
        coroutine.close()


def ask_the_database():
    return connection.cursor().execute("SELECT 42").fetchone()[0]


def attempt(name, function):
    try:
        print(f"{name}: {function()}")
    except (RuntimeError, SynchronousOnlyOperation) as error:
        print(f"{name}: {type(error).__name__}: {error}")


def attempt_all():
    attempt("asyncio.run", run_again)
    attempt("async_to_sync", async_to_sync(answer))
    attempt("the database", ask_the_database)


async def main():
    attempt_all()
    nest_asyncio.apply()
    print("--- nest_asyncio.apply() ---")
    attempt_all()


asyncio.run(main())
