"""LinkUp as shipped, running, and people who look at it in Chromium."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from awaited import TOLD, assert_all_awaited
from pages import connection, watch
from workshop import Lab
from workshop.database import program_environ, seeded_database
from workshop.scratch import PROJECT, scratch_folder

PROGRAM = """
import sys
from daphne.server import Server
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from linkup.asgi import application
server = Server(ASGIStaticFilesHandler(application), endpoints=[f"tcp:port={sys.argv[1]}:interface=127.0.0.1"],
                ready_callable=lambda: print(server.listening_addresses[0][1], flush=True), signal_handlers=False)
server.run()
"""

expect.set_options(timeout=20_000)  # ms; enough on a machine that is busy with other things


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running():
    """LinkUp's server, and its database as it was at the start."""
    lab = Lab()
    with closing(sqlite3.connect(":memory:")) as at_first:
        async with await lab.serve(**TOLD) as site:
            with closing(sqlite3.connect(site.database)) as database:
                database.backup(at_first)
            yield site, at_first
            assert_all_awaited(site.log)
    await lab.close()


@pytest_asyncio.fixture(loop_scope="session")
async def site(running, browser):
    """The server of this module: nobody is connected, and its database is as new."""
    site, at_first = running
    await site.quiet()
    with closing(sqlite3.connect(site.database)) as database:
        at_first.backup(database)
    return site


class MortalSite:
    """LinkUp that can be killed, and started again at the same port and on the same database."""

    def __init__(self, folder: Path) -> None:
        self.seeded = seeded_database(PROJECT, scratch_folder() / ".cache")
        self.log = folder / "server.log"
        self.database = folder / "mortal.sqlite3"
        shutil.copyfile(self.seeded.file, self.database)
        self.port = 0
        self.start()

    def start(self):
        environ = program_environ(
            LINKUP_SECRET_KEY=self.seeded.secret_key,
            LINKUP_DATABASE_URL=f"sqlite:///{self.database}",
            LINKUP_LOG_FILE=os.devnull,
            **TOLD,
        )
        command = [sys.executable, "-c", PROGRAM, str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=PROJECT, env=environ, stdout=subprocess.PIPE, stderr=log)
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}/"

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        assert_all_awaited(self.log.read_text(errors="replace"))

    def login(self, username):
        return {"Cookie": f"sessionid={self.seeded.sessions[username]}"}


@pytest.fixture
def mortal(scratch, tmp_path):
    site = MortalSite(tmp_path)
    yield site
    site.kill()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser, site):
    """Open a page as a user, each in a window of its own: page = await visit("ana", "chat/ben/").

    No page may have an error in its console, such as an exception or a breach of its Content-Security-Policy.
    """
    pages = []

    async def open_page(username, path="", at=site, context=None):
        context = context or await browser.new_context(viewport={"width": 700, "height": 600})
        name, _, value = at.login(username)["Cookie"].partition("=")
        await context.add_cookies([{"name": name, "value": value, "url": at.url}])
        page = await context.new_page()
        pages.append(watch(page))
        await page.goto(f"{at.url}{path}")
        return page

    yield open_page
    assert [error for page in pages for error in page.errors] == []


@pytest_asyncio.fixture(loop_scope="session")
async def chat(visit):
    """Open a chat and wait until the page knows all messages: ana = await chat("ana", "ben")."""

    async def open_chat(username, peer, **options):
        page = await visit(username, f"chat/{peer}/", **options)
        await expect(connection(page)).to_have_text("Connected")
        await page.caught_up.wait()
        return page

    return open_chat
