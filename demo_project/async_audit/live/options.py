"""The options that the ways of use share, read before anything is watched or Django is there."""

import os
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from async_audit.command import FORMATS


@dataclass(frozen=True)
class Options:
    """What is to be reported and where; `threshold` is in seconds, by default as asyncio's slow_callback_duration."""

    format: str = "text"
    output: str | None = None
    threshold: float = 0.1
    tests: bool = False
    baseline: str | None = None
    write_baseline: str | None = None

    @classmethod
    def chosen(cls, values: Mapping[str, Any], prefix: str = "") -> "Options":
        """Return the options among values, whose names have a prefix."""
        return cls(**{field.name: values[f"{prefix}{field.name}"] for field in fields(cls)})


def add_options(add: Callable[..., Any], prefix: str = "--") -> None:
    """Declare the options, each with a prefix."""
    add(f"{prefix}format", choices=list(FORMATS), default="text", help="of the report; text is the default")
    file: Mapping[str, Any] = {"metavar": "FILE", "type": os.path.abspath}  # the program may go to another folder
    add(f"{prefix}output", **file, help="write the report there")
    about = "report what holds up a loop for longer than this, in milliseconds (100)"
    add(f"{prefix}threshold", type=milliseconds, default=Options.threshold, metavar="MS", help=about)
    add(f"{prefix}tests", action="store_true", help="report what tests do wrong themselves, too")
    add(f"{prefix}baseline", **file, help="leave out what this file knows; it outlives moves of lines")
    add(f"{prefix}write-baseline", **file, help="write all that is found to such a file")


def milliseconds(text: str) -> float:
    """Return seconds. Raises ArgumentTypeError for what is no time to wait for."""
    if not text.isdecimal() or not 1 <= int(text) <= 60_000:
        raise ArgumentTypeError(f"{text!r} is no number of milliseconds: give one from 1 to 60000")
    return int(text) / 1000
