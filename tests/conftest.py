"""What all tests share."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from needs import skip_or_fail

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config):
    if os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"):
        raise pytest.UsageError(
            "DJANGO_ALLOW_ASYNC_UNSAFE is set, so no test could see the errors of this workshop. "
            "Unset it and run the tests again: unset DJANGO_ALLOW_ASYNC_UNSAFE"
        )
    # Never in notebooks/scratch: a lesson may be open there. Kernels of nbval inherit it.
    config.scratch = os.environ["WORKSHOP_SCRATCH"] = tempfile.mkdtemp(prefix="workshop-tests-")


def pytest_unconfigure(config):
    shutil.rmtree(getattr(config, "scratch", ""), ignore_errors=True)


def pytest_collection_modifyitems(items):
    # Each nbval cell is a test; the longest files first keep both cores busy until the end.
    slow = ("test_jupyterlab", "test_mutations", "test_bugs", ".ipynb", "test_browser")
    items.sort(key=lambda item: next((n for n, name in enumerate(slow) if name in item.nodeid), len(slow)))


@pytest.fixture
def scratch(tmp_path, monkeypatch, pytestconfig):
    """A folder for the scratch copies of one test; the seeded database in it is the run's."""
    cache = Path(pytestconfig.scratch) / ".cache"
    cache.mkdir(exist_ok=True)
    (tmp_path / ".cache").symlink_to(cache)
    monkeypatch.setenv("WORKSHOP_SCRATCH", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def chromium():
    """The path of the system's Chromium or Chrome."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    return skip_or_fail("browser", "neither Chromium nor Chrome is installed")


@pytest.fixture
async def browser(chromium):
    """A running headless browser."""
    options = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses root with its sandbox
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=options)
        yield browser
        await browser.close()


@pytest.fixture
def kit(tmp_path):
    """A copy of the whole kit for a test to change."""
    generated = [".git", ".venv", "scratch", "__pycache__", ".*_cache", "*.sqlite3*", ".secret_key", "uv.lock"]
    return shutil.copytree(ROOT, tmp_path / "kit", ignore=shutil.ignore_patterns(*generated))
