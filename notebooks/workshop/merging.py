"""Carry a change of a Python file over to a newer text of it: definition by definition, all of it or nothing."""

import ast
import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

Units = dict[str, str]  # name of a definition, import or statement: its text, with the blank lines above it
END = "the end of the file"


class Conflict(Exception):
    """A part of a change cannot be carried over; `place` says which."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place, self.reason = place, reason


def carry(base: str, changed: str, today: str) -> str:
    """Return `today` with all that was done from `base` to `changed`. Raises Conflict; SyntaxError for no Python."""
    new, now = units(changed), units(today)
    wanted = {name for name in touched(base, changed) if _bare(now.get(name)) != _bare(new.get(name))}
    for way in (lambda: merge(today, base, changed), lambda: _carry_units(units(base), new, now)):
        text = way()
        if text is not None and _is_python(text) and set(touched(today, text)) == wanted:
            return text
    raise Conflict(", ".join(sorted(wanted)), "only a part of the change fits")


def touched(before: str, after: str) -> list[str]:
    """Return the names of what differs between two texts: functions, `Class.member`, imports, statements."""
    old, new = units(before), units(after)
    return [name for name in old | new if _bare(old.get(name)) != _bare(new.get(name))]


def units(text: str) -> Units:
    """Take a module apart; joined, the parts are the text again. Raises SyntaxError."""
    return dict(_units(text))


@lru_cache(maxsize=512)
def _units(text: str) -> Units:
    lines = text.splitlines(keepends=True)
    found: Units = {}
    last = 0
    for name, end in _ends(ast.parse(text).body):
        numbered = name
        while numbered in found:  # the same statement a second time, or an overload
            numbered += "'"
        found[numbered] = "".join(lines[last:end])
        last = end
    return found | {END: "".join(lines[last:])}


def merge(ours: str, base: str, theirs: str) -> str | None:
    """Return git's three-way merge of lines, or None where it finds a conflict."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("ours", "base", "theirs")]
        for path, text in zip(paths, (ours, base, theirs), strict=True):
            path.write_text(text, encoding="utf-8")
        done = subprocess.run(["git", "merge-file", "-p", *paths], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def _carry_units(old: Units, new: Units, now: Units) -> str:
    result = dict(now)
    for name in [name for name in old | new if old.get(name) != new.get(name)]:
        if name not in new:
            result.pop(name, None)  # whatever it says today
        elif name not in old and name in now and name.endswith(" import"):
            result[name] = _merge_import("", new[name], now[name])
        elif name not in old:
            result = put_behind(result, name, new)
        elif _bare(old[name]) == _bare(new[name]):  # blank lines, for a neighbour that came or went
            result |= {name: new[name]} if now.get(name) == old[name] else {}
        elif name not in now:
            raise Conflict(name, "it is not there any more under this name")
        elif _bare(now[name]) in (_bare(old[name]), _bare(new[name])):
            result[name] = new[name]
        else:
            result[name] = _merge_unit(name, old[name], new[name], now[name])
    return "".join(result.values())


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _ends(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, int]]:
    """Yield the name and the last line of each statement; a class is its head, and then its members."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield f"{prefix}{node.name}", node.body[0].lineno - 1 - _above(node.body[0])
            yield from _ends(node.body, f"{prefix}{node.name}.")
        else:
            yield prefix + _name_of(node), node.end_lineno or node.lineno


def _above(node: ast.stmt) -> int:
    """Return how many lines of decorators stand above the first line of a statement."""
    decorators = getattr(node, "decorator_list", [])
    return node.lineno - min([node.lineno, *(each.lineno for each in decorators)])


def _name_of(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return node.name
        case ast.ImportFrom():
            return f"from {'.' * node.level}{node.module or ''} import"
        case ast.Assign(targets=[target, *_]) | ast.AnnAssign(target=target):
            return f"{ast.unparse(target)} ="
        case ast.Expr(value=ast.Constant(value=str())):
            return "docstring"
    return ast.unparse(node).partition("\n")[0]


def put_behind(result: Units, name: str, new: Units) -> Units:
    """Put a unit behind what it follows in `new`, as far up as that is still there. Raises Conflict."""
    above = list(new)[: list(new).index(name)]
    neighbour = next((each for each in reversed(above) if each in result), None)
    if name in result:
        raise Conflict(name, "there is one of this name by now")
    if neighbour is None:
        return {name: new[name]} | result
    items = list(result.items())
    place = list(result).index(neighbour) + 1
    return dict([*items[:place], (name, new[name]), *items[place:]])


def _merge_unit(name: str, old: str, new: str, now: str) -> str:
    """Merge the names of an import, the lines of anything else, or, where lines conflict, its words."""
    if name.endswith(" import"):
        return _merge_import(old, new, now)
    lines = merge(now, old, new)
    if lines is not None:
        return lines
    words = merge(*("".join(f"{json.dumps(word)}\n" for word in _words(text)) for text in (now, old, new)))
    if words is None:
        raise Conflict(name, "today's program has changed the same words")
    return "".join(json.loads(word) for word in words.splitlines())


def _merge_import(old: str, new: str, now: str) -> str:
    before, after, today = (
        {ast.unparse(alias) for alias in _import_of(text).names} if text else set() for text in (old, new, now)
    )
    merged = sorted((today - (before - after)) | (after - before))
    blank = now[: len(now) - len(now.lstrip("\n"))]
    source = f"from {'.' * _import_of(now).level}{_import_of(now).module or ''} import "
    if len(source) + len(", ".join(merged)) <= 120:
        return f"{blank}{source}{', '.join(merged)}\n"
    return f"{blank}{source}(\n{''.join(f'    {each},' + chr(10) for each in merged)})\n"


def _import_of(text: str) -> ast.ImportFrom:
    [node] = ast.parse(text).body
    assert isinstance(node, ast.ImportFrom)
    return node


def _words(text: str) -> list[str]:
    return re.findall(r"\n|[^\S\n]+|\w+|[^\w\s]", text)


def _bare(text: str | None) -> str | None:
    return text and text.strip("\n")
