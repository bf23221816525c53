"""What pictures are drawn with: boxes that carry their own ground, so that they do on a light page and on a dark one.

No text stands on the page itself: JupyterLab takes SVG out of the stored output of a notebook that it does not trust,
and leaves an <img>, which does not know the page's colours. Each fill has a contrast of 3 and more to white and to
JupyterLab's dark ground, and of 4.5 and more to the text in it.
"""

from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from .show import scrolling

MONO = "font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\""
SANS = 'font-weight="600"'
CHARACTER = 7.3  # pixels, of the monospaced text at 12 pixels


@dataclass(frozen=True)
class Ink:
    """A fill with the text that is read on it, and the line around it, which is seen on every page."""

    fill: str
    text: str
    line: str


GOOD = Ink("#1a7f37", "#ffffff", "#1a7f37")
BAD = Ink("#cf222e", "#ffffff", "#cf222e")
WAIT = Ink("#f5b82e", "#1f1300", "#9a6700")
PLAIN = Ink("#656d76", "#ffffff", "#656d76")
MARK = Ink("#0969da", "#ffffff", "#0969da")
INKS = (GOOD, BAD, WAIT, PLAIN, MARK)


def box(x: float, y: float, width: float, ink: Ink, *lines: str, title: str = "", signed: str = "") -> str:
    """Return a box with a title, lines of code, and a line in plain letters; it is as high as `height` says."""
    texts = [(title, SANS)] * bool(title) + [(line, MONO) for line in lines] + [(signed, SANS)] * bool(signed)
    shape = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height(len(texts))}" rx="4"'
    parts = [f'<rect {shape} fill="{ink.fill}" stroke="{ink.line}" stroke-width="1.5"/>']
    for number, (text, letters) in enumerate(texts):
        at = f'x="{x + 8:g}" y="{y + 17 + 16 * number:g}"'
        parts.append(f'<text {at} font-size="12" fill="{ink.text}" {letters}>{escape(text)}</text>')
    return "".join(parts)


def height(lines: int) -> int:
    """Return the height of a box with so many lines, in pixels."""
    return 10 + 16 * lines


def arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return an arrow from one place to another."""
    return f'<path d="M{x1:g} {y1:g} L{x2:g} {y2:g}" fill="none" stroke="{PLAIN.line}" stroke-width="2" {HEAD}/>'


HEAD = 'marker-end="url(#head)"'
DEFINED = (
    f'<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="5" markerHeight="5" orient="auto">'
    f'<path d="M0 0 L8 4 L0 8 z" fill="{PLAIN.line}"/></marker></defs>'
)


def rule(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return a dashed line."""
    return f'<path d="M{x1:g} {y1:g} L{x2:g} {y2:g}" stroke="{PLAIN.line}" stroke-dasharray="5 4"/>'


def drawing(width: float, height: float, parts: list[str]) -> str:
    """Return the SVG."""
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="system-ui, Helvetica, Arial, sans-serif">'
    return "".join([head, DEFINED, *parts, "</svg>"])


def image(svg: str, alternative: str) -> str:
    """Return the picture for a page, with its alternative text; where the page is narrow it scrolls."""
    width = svg.partition('width="')[2].partition('"')[0]
    src = f"data:image/svg+xml,{quote(svg)}"
    style = f"max-width: none; width: {width}px"
    return scrolling(f'<img src="{src}" alt="{escape(alternative)}" width="{width}" style="{style}">', "picture")


def wrapped(code: str, width: float, most: int = 2) -> list[str]:
    """Return a call in lines that fit into a width; what is cut is cut from the left, so that its last name stays."""
    size = max(12, int((width - 16) / CHARACTER))
    lines = [""]
    for piece in pieces_of(code):
        if lines[-1] and len(lines[-1] + piece) > size:
            lines.append("  " + piece)
        else:
            lines[-1] += piece
    if len(lines) > most:
        lines = lines[-most:]
        lines[0] = "…" + lines[0].strip()
    return [line if len(line) <= size else "…" + line[len(line) - size + 1 :] for line in lines]


def pieces_of(code: str) -> list[str]:
    """Return a call cut before each dot that is in no bracket: a.b(c.d).e is a, .b(c.d), .e."""
    pieces, depth = [""], 0
    for character in code:
        depth += (character in "([") - (character in ")]")
        if character == "." and not depth:
            pieces.append("")
        pieces[-1] += character
    return pieces
