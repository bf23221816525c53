"""The secret key of an installation, made at its first use."""

import os
import tempfile
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def read_or_create_secret_key(path: Path) -> str:
    """Return the key stored at `path`; store a new one, readable by its owner alone, if there is none.

    Two processes that start together end up with the same key. Raises OSError when `path` cannot be written.
    """
    if not path.exists():
        # A hard link appears whole or not at all, and never replaces the key of a process that was faster.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name, delete=False) as draft:
            draft.write(get_random_secret_key())
        try:
            os.link(draft.name, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft.name)
    return path.read_text()
