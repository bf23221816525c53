"""The shapes of the error, one file each: a file das….py with a SHAPE is all that a new one needs here."""

import importlib
import pkgutil
from functools import cache

from async_audit.shapes.shape import Shape

__all__ = ["Shape", "shapes"]


@cache
def shapes() -> dict[str, Shape]:
    """Return all shapes by code, in order. Raises ValueError when two of them have one code."""
    found: dict[str, Shape] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        if module.name.startswith("das"):
            shape: Shape = importlib.import_module(f"{__name__}.{module.name}").SHAPE
            if found.setdefault(shape.code, shape) is not shape:
                raise ValueError(f"two shapes have the code {shape.code}")
    return found
