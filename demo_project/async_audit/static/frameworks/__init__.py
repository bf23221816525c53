"""What frameworks beside Django have an event loop do with the project's functions: one file for each framework."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from async_audit.static.frameworks import addresses, ariadne, channels, graphene, ninja, pydantic, strawberry

if TYPE_CHECKING:
    from async_audit.static.engine import Engine
    from async_audit.static.frameworks.served import Served

REGISTERED = (channels, pydantic)  # importing them registers what they know
FRAMEWORKS = (addresses, ariadne, graphene, ninja, strawberry)


def served(engine: Engine) -> Iterator[Served]:
    """Yield the functions that a framework calls on the loop, or whose result it reads there."""
    for framework in FRAMEWORKS:
        yield from framework.served(engine)
