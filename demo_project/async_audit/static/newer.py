"""Source that is newer than the Python at hand: written so that it reads it, with every line where it was.

`except A, B:` (PEP 758, Python 3.14), type parameters and `type X = …` (PEP 695, Python 3.12), and quotes inside of an
f-string's fields that are its own (PEP 701, Python 3.12).
"""

from __future__ import annotations

import re

EXCEPT = re.compile(r"^([ \t]*except\*?[ \t]+)([^(:\n#][^:\n#]*,[^:\n#]*?)([ \t]*:)", re.M)
PARAMETERS = re.compile(r"(?:\b(?:def|class)|^[ \t]*type)[ \t]+\w+[ \t]*(?=\[)", re.M)
ALIAS = re.compile(r"^([ \t]*)type[ \t]+(\w+[ \t]*)(?==)", re.M)
STRING = re.compile(r"""#[^\n]*|(?<!\w)([rRbBuUfF]{0,2})('{3}|"{3}|'|")""")
BRACKETS = {"[": 1, "]": -1}
OTHER = {"'": '"', '"': "'"}


def needs(text: str) -> str:
    """Return the oldest Python that reads what is newer in a source, empty where nothing is."""
    if EXCEPT.search(text):
        return "3.14"
    is_newer = PARAMETERS.search(text) or ALIAS.search(text) or _with_other_quotes(text) != text
    return "3.12" if is_newer else ""


def as_older(text: str) -> str:
    """Return a source without what is newer; in a line that this changes, columns may be other ones."""
    text = EXCEPT.sub(r"\1(\2)\3", _with_other_quotes(text))
    return ALIAS.sub(r"\1\2     ", _without_parameters(text))


def _without_parameters(text: str) -> str:
    parts, end = [], 0
    for found in PARAMETERS.finditer(text):
        if found.end() >= end:
            closing = _closing(text, found.end())
            parts += [text[end : found.end()], re.sub(r"[^\n]", " ", text[found.end() : closing])]
            end = closing
    return "".join([*parts, text[end:]])


def _closing(text: str, start: int) -> int:
    """Return where the bracket that opens there is closed again."""
    depth = 0
    for place in range(start, len(text)):
        depth += BRACKETS.get(text[place], 0)
        if depth == 0:
            return place + 1
    return len(text)


def _with_other_quotes(text: str) -> str:
    """Give the strings in an f-string's fields the quotes that are not its own."""
    parts, end = [], 0
    while found := STRING.search(text, end):
        parts.append(text[end : found.end()])
        end = found.end()
        quote = found[2]
        if quote:
            is_formatted = "f" in found[1].lower()
            closing = _end_of_string(text, end, quote, is_formatted)
            inside = text[end:closing]
            parts.append(_swapped(inside, quote) if is_formatted and len(quote) == 1 else inside)
            end = closing + len(quote)
            parts.append(text[closing:end])
    return "".join([*parts, text[end:]])


def _end_of_string(text: str, start: int, quote: str, is_formatted: bool) -> int:
    """Return where a string ends; inside of a field, quotes begin strings of their own."""
    depth, place = 0, start
    while place < len(text):
        character = text[place]
        if (character == "\\" and not depth) or (is_formatted and text.startswith(("{{", "}}"), place) and not depth):
            place += 1
        elif is_formatted and character in "{}":
            depth = max(depth + (1 if character == "{" else -1), 0)
        elif (text.startswith(quote, place) and not depth) or (character == "\n" and len(quote) == 1 and not depth):
            return place
        place += 1
    return len(text)


def _swapped(inside: str, quote: str) -> str:
    depth, made = 0, []
    for place, character in enumerate(inside):
        if inside[place - 1 : place + 1] not in ("{{", "}}") or depth:
            depth = max(depth + {"{": 1, "}": -1}.get(character, 0), 0)
        made.append(OTHER[quote] if depth and character == quote else character)
    return "".join(made)
