"""What all tests share."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

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
def scratch(tmp_path, monkeypatch):
    """A folder for the scratch copies of one test."""
    monkeypatch.setenv("WORKSHOP_SCRATCH", str(tmp_path))
    return tmp_path


@pytest.fixture
def kit(tmp_path):
    """A copy of the whole kit for a test to change."""
    generated = [".git", ".venv", "scratch", "__pycache__", ".*_cache", "*.sqlite3*", ".secret_key", "uv.lock"]
    return shutil.copytree(ROOT, tmp_path / "kit", ignore=shutil.ignore_patterns(*generated))
