"""What all tests share."""

import os
import shutil
from copy import deepcopy
from pathlib import Path

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from django.db import connections
from playwright.async_api import async_playwright

from needs import channel_layer_url, skip_or_fail

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items):
    # Each nbval cell is a test; the longest files first keep both cores busy until the end.
    slow = [
        "test_jupyterlab",
        "test_authors_path",
        "test_mutations",
        "workshop/answers",
        "test_patches",
        "test_bugs",
        "test_gallery",
        "test_scripts",
        "test_apply_migration",
        "test_reconnect",
    ]
    slow += ["test_chat", "test_interrupted", ".ipynb", "tests/browser", "tests/faults", "test_services"]
    items.sort(key=lambda item: next((n for n, name in enumerate(slow) if name in item.nodeid), len(slow)))


@pytest.fixture
def scratch(tmp_path, monkeypatch, pytestconfig):
    """A folder for the scratch copies of one test; the seeded database in it is the run's."""
    (tmp_path / ".cache").symlink_to(Path(pytestconfig.scratch, ".cache").resolve())
    monkeypatch.setenv("WORKSHOP_SCRATCH", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def chromium():
    """The path of the system's Chromium or Chrome."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    return skip_or_fail("browser", "neither Chromium nor Chrome is installed")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium_process(chromium):
    """A headless browser for all tests of a worker, which therefore share an event loop."""
    options = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses root with its sandbox
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=options)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium_process):
    """A running headless browser without windows, cookies or anything else of another test."""
    yield chromium_process
    for context in chromium_process.contexts:
        await context.close()


@pytest.fixture
def kit(tmp_path):
    """A copy of the whole kit for a test to change."""
    generated = [
        ".git",
        ".venv",
        "mine",
        "scratch",
        ".*_cache",
        "*.sqlite3*",
        ".secret_key",
        "linkup.log",
        "uv.lock",
    ]
    return shutil.copytree(ROOT, tmp_path / "kit", ignore=shutil.ignore_patterns(*generated))


@pytest.fixture
def fresh_channel_layer(settings):
    """Give a test a channel layer of its own: an in-memory one belongs to the loop that used it first."""
    if os.environ.get("LINKUP_CHANNEL_LAYER_URL"):
        layer = deepcopy(settings.CHANNEL_LAYERS)
        # redis-py keeps a timeout with wait_for(), and that of Python 3.11 may lose a cancellation: some socket in each
        # run would take 10 seconds to end. The servers of test_services.py have the timeout of the settings.
        layer["default"]["CONFIG"]["hosts"][0] |= {"address": channel_layer_url(), "socket_timeout": None}
        settings.CHANNEL_LAYERS = layer
    channel_layers.backends = {}
    yield
    channel_layers.backends = {}


@pytest.fixture
async def closed_connections():
    """Close what a test's own async queries leave open; PostgreSQL does not drop a database in use."""
    yield
    await sync_to_async(connections.close_all)()
