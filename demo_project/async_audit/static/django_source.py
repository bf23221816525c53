"""The source of Django's own files: of the installed one, or what is shipped of it where there is none."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FACTS = Path(__file__).with_name("django_facts.toml")


@cache
def folder() -> Path | None:
    """Return the folder of the installed Django, which is not imported; None when there is none."""
    spec = find_spec("django")
    return Path(spec.origin).parent if spec and spec.origin else None


def read(path: str) -> bytes | None:
    """Return a file of Django by its path in Django's folder; None when it has no such file."""
    installed = folder()
    if not installed:
        text = _shipped().get(path)
        return None if text is None else text.encode()
    file = installed / path
    return file.read_bytes() if file.is_file() else None


@cache
def _shipped() -> dict[str, str]:
    return tomllib.loads(FACTS.read_text(encoding="utf-8"))
