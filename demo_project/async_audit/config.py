"""[tool.async_audit] in pyproject.toml, and the codes that it and the command line may name."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from async_audit.errors import CannotLook
from async_audit.shapes import shapes

KEYS = ("exclude", "select", "ignore", "wrappers")


@dataclass(frozen=True)
class Config:
    """What to look at, which codes to report, and the names of functions that move work to a thread."""

    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    wrappers: tuple[str, ...] = ()

    def below(self, folder: str) -> "Config":
        """Return the same, with what `exclude` says of a folder as it reads from inside that folder."""
        prefix = "" if folder == "." else f"{folder}/"
        return replace(self, exclude=tuple(pattern.removeprefix(prefix) for pattern in self.exclude))

    def reports(self, code: str) -> bool:
        """Tell whether findings of a code are wanted; with nothing selected, all are."""
        return code not in self.ignore and (not self.select or code in self.select)


def codes(names: Iterable[str], source: str) -> tuple[str, ...]:
    """Return codes, each once, from texts with commas between them; `source` says where they come from.

    Raises CannotLook for a code that there is not.
    """
    found = [name.strip().upper() for text in names for name in text.split(",") if name.strip()]
    for code in found:
        if code not in shapes():
            last = max(each for each in shapes() if each < "DAS100")  # what runs alone show is from there on
            raise CannotLook(
                f"{source} names {code!r}, which is no code: there are {min(shapes())} to {last} and {max(shapes())}; "
                f"README.md lists them, and --explain {min(shapes())} explains one."
            )
    return tuple(dict.fromkeys(found))


def read_config(folder: Path) -> Config:
    """Return what the nearest pyproject.toml with a [tool.async_audit], in a folder or above it, says.

    Raises CannotLook when it cannot be read or says something that has no meaning.
    """
    folder = folder.resolve()
    for file in (above / "pyproject.toml" for above in (folder, *folder.parents)):
        table = _table(file)
        if table is not None:
            return _config(table, file).below(folder.relative_to(file.parent).as_posix())
    return Config()


def _table(file: Path) -> Any:
    try:
        data = file.read_bytes()
        if b"async_audit" not in data:
            return None  # whatever else is wrong with it
        content = tomllib.loads(data.decode())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CannotLook(f"{file} cannot be read: {error.strerror}. Make it readable, or move it away.") from None
    except ValueError as error:  # TOML or UTF-8
        raise CannotLook(f"{file} is no valid TOML: {error}. Repair it.") from None
    tool = content.get("tool")
    return tool.get("async_audit") if isinstance(tool, dict) else None


def _config(table: Any, file: Path) -> Config:
    where = f"[tool.async_audit] in {file}"
    if not isinstance(table, dict):
        raise CannotLook(f"{where} is no table: write [tool.async_audit], and keys below it.")
    for key, value in table.items():
        if key not in KEYS:
            raise CannotLook(f"{where} has the key {key!r}, which means nothing: use {', '.join(KEYS)}.")
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise CannotLook(f'{key} of {where} is no list of strings: write {key} = ["…"].')
    return Config(
        exclude=tuple(table.get("exclude", ())),
        select=codes(table.get("select", ()), f"select of {where}"),
        ignore=codes(table.get("ignore", ()), f"ignore of {where}"),
        wrappers=tuple(table.get("wrappers", ())),
    )
