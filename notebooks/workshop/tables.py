"""Tables that authors write, in TOML or in a notebook's metadata, as objects; what is wrong is named with its place."""

from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from .errors import WorkshopError

Table = TypeVar("Table")


def read_table(kind: type[Table], about: Any, where: str) -> Table:
    """Make an object of a table. Raises WorkshopError that names the key which is missing, unknown or wrong."""
    if not isinstance(about, dict):
        raise WorkshopError(f"{where} is a table, and not {about!r}.")
    known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
    hints = get_type_hints(kind)
    for key in about.keys() - known.keys():
        raise WorkshopError(f"{where}: there is no key {key!r}. There are: {', '.join(known)}.")
    for key, each in known.items():
        if key not in about and each.default is MISSING and each.default_factory is MISSING:
            raise WorkshopError(f"{where}: {key} is missing.")
    values = {key: _value(hints[key], value, f"{where}: {key}") for key, value in about.items()}
    try:
        return kind(**values)
    except ValueError as error:
        named = f" ({about['name']})" if "name" in about else ""
        raise WorkshopError(f"{where}{named}: {error}.") from error


def _value(hint: Any, value: Any, where: str) -> Any:
    if isinstance(value, str) and value.startswith("TODO"):
        raise WorkshopError(f"{where} is not filled in yet ({value}).")
    if hint in (Any, Path):
        return value
    options = get_args(hint)
    if get_origin(hint) is Literal:
        if value not in options:
            raise WorkshopError(f"{where} is one of {', '.join(map(repr, options))}, and not {value!r}.")
        return value
    if get_origin(hint) is list:
        if not isinstance(value, list):
            raise WorkshopError(f"{where} is a list, and not {value!r}.")
        return [_value(options[0], item, f"{where}, number {number}") for number, item in enumerate(value, 1)]
    if get_origin(hint) is dict:
        if not isinstance(value, dict):
            raise WorkshopError(f"{where} is a table, and not {value!r}.")
        return {key: _value(options[1], item, f"{where}, {key}") for key, item in value.items()}
    kind = next((option for option in options if option is not type(None)), hint)
    if hasattr(kind, "__dataclass_fields__"):
        return read_table(kind, value, where)
    if not isinstance(value, kind):
        raise WorkshopError(f"{where} is of type {kind.__name__}, and not {value!r}.")
    return value
