"""A LinkUp with many users, for measurements: an empty database, sessions without a login page, a server, pages."""

import asyncio
import os
import sys
from contextlib import asynccontextmanager, closing
from itertools import count
from pathlib import Path

import psycopg
import websockets
from page import Page

from server import Server
from workshop.database import program_environ
from workshop.scratch import PROJECT

numbers = count()
SETUP = """
import sys
import django
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
call_command("migrate", verbosity=0)
users = get_user_model().objects
users.bulk_create([users.model(username=f"user{n}", password="!") for n in range(int(sys.argv[1]))])
for user in users.order_by("pk"):
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.create()
    print(user.pk, session.session_key)
"""


class Crowd:
    """Users 0 to `number` of a server of their own; each even one talks to the next."""

    def __init__(self, server: Server, users: list[tuple[int, str]]) -> None:
        self.server = server
        self.users = users

    def page(self, number: int, peer: int | None = None, **options: bool) -> Page:
        """Return a page of one user, opposite the other one of the pair."""
        address, cookie, origin = self.address(number, peer)
        return Page(address, cookie, origin, **options)

    def connected(self, number: int) -> websockets.connect:
        """Return a bare connection of one user."""
        address, cookie, origin = self.address(number)
        headers = {"Cookie": cookie, "Origin": origin}
        return websockets.connect(address, additional_headers=headers, compression=None, ping_interval=None)

    def address(self, number: int, peer: int | None = None) -> tuple[str, str, str]:
        """Return address, cookie and origin of one user's socket."""
        peer = number ^ 1 if peer is None else peer
        host = f"127.0.0.1:{self.server.port}"
        return f"ws://{host}/ws/chat/user{peer}/", f"sessionid={self.users[number][1]}", f"https://{host}"


@asynccontextmanager
async def opened(pages: list[Page], seconds: float = 120):
    """Open pages, wait until all are in, and close them at the end."""
    tasks = [asyncio.create_task(page.run()) for page in pages]
    try:
        async with asyncio.timeout(seconds):
            for page in pages:
                await page.joined.wait()
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def peopled(folder: Path, number: int, postgresql: str = "", redis: str = "", **faults: str):
    """Make an empty database with so many users, a file or a database of its own on a server.

    Yields the environment of a server that stands on it, and the users. Databases and events of two are kept apart.
    """
    name = f"crowd_{os.getpid()}_{next(numbers)}"
    url = f"sqlite:///{folder}/{name}.sqlite3"
    if postgresql:
        address = postgresql.rpartition("/")[0]
        url, admin = f"{address}/{name}", f"{address}/postgres"
        with closing(psycopg.connect(admin, autocommit=True)) as database:
            database.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            database.execute(f"CREATE DATABASE {name}")
    named = {"LINKUP_SECRET_KEY": name, "LINKUP_DATABASE_URL": url, "LINKUP_CHANNEL_LAYER_URL": redis}
    # With DEBUG, Django keeps each statement, and on SQLite asks the database how to write it down.
    environ = program_environ(**named, LINKUP_LOG_FILE=os.devnull, LINKUP_DEBUG="0", **faults)
    try:
        yield environ, await made(environ, number)
    finally:
        if postgresql:
            with closing(psycopg.connect(admin, autocommit=True)) as database:
                database.execute(f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def crowd(folder: Path, number: int, clock: str = "normal", **services_and_faults: str):
    """Run LinkUp's server on an empty database with so many users."""
    async with peopled(folder, number, **services_and_faults) as (environ, users):
        server = Server(environ, folder / "server.log", clock)
        try:
            yield Crowd(server, users)
        finally:
            server.kill()


async def made(environ: dict[str, str], number: int) -> list[tuple[int, str]]:
    """Make the users in a process of its own, whose settings are theirs; return ids and session keys."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SETUP, str(number), cwd=PROJECT, env=environ, stdout=asyncio.subprocess.PIPE
    )
    output, _none = await process.communicate()
    assert process.returncode == 0
    return [(int(user), key) for user, key in (line.split() for line in output.decode().splitlines())]
