"""What every pytest run needs, one of a single test or notebook included, before Django reads its settings."""

import os
import shutil
import tempfile
from pathlib import Path

import django
import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Set what settings and notebooks read; refuse the flag that would hide every error."""
    if os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"):
        raise pytest.UsageError(
            "DJANGO_ALLOW_ASYNC_UNSAFE is set, so no test could see the errors of this workshop. "
            "Unset it and run the tests again: unset DJANGO_ALLOW_ASYNC_UNSAFE"
        )
    # Never in notebooks/scratch: a lesson may be open there. Kernels of nbval inherit it.
    config.scratch = os.environ["WORKSHOP_SCRATCH"] = tempfile.mkdtemp(prefix="workshop-tests-")
    # Seeded databases are made once a run: for all workers, and for each suite that a test starts.
    cache = Path(config.scratch, ".cache")
    seeds = Path(os.environ.setdefault("WORKSHOP_TEST_SEEDS", str(cache)))
    if seeds == cache:
        seeds.mkdir()
    else:
        cache.symlink_to(seeds)
    os.environ["LINKUP_DEBUG"] = "1"  # else every page would ask for HTTPS
    os.environ["LINKUP_LOG_FILE"] = str(Path(config.scratch) / "linkup.log")
    # Named in pyproject.toml, the settings would be read before this.
    os.environ["DJANGO_SETTINGS_MODULE"] = "linkup.settings"
    django.setup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Start three workers for two cores: a third of the suite is waiting, for a server, a browser or a time limit."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # xdist reads it
    return (os.cpu_count() or 1) * 3 // 2


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what the run has written."""
    shutil.rmtree(getattr(config, "scratch", ""), ignore_errors=True)
