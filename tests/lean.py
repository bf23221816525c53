"""A pytest plugin that is loaded before all others, and spares each run of pytest half of its start."""

import gc
import sys

import pytest

# jsonschema imports it where it is installed, and then compiles the grammar of international web addresses. It checks
# nothing but such addresses, and a notebook has no field for one. JupyterLab, in a process of its own, is not spared.
sys.modules["rfc3987_syntax"] = None
# What is imported and collected stays until the end.
gc.disable()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection():
    """Look for garbage from here on, in what the tests make."""
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
