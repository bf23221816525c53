"""Pictures are read on a light page and on a dark one, and a call never loses its decisive word."""

import re

import pytest

from workshop.calls import Calls
from workshop.picture import INKS, wrapped
from workshop.scratch import NOTEBOOKS

PAGES = ("#ffffff", "#111111", "#212121")  # JupyterLab's, light and dark


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (n / 12.92 if n <= 0.04045 else ((n + 0.055) / 1.055) ** 2.4 for n in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Return the contrast of two colours, as WCAG 2.2 computes it."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ink", INKS)
def test_a_text_is_read_on_its_own_ground_and_the_box_is_seen_on_every_page(ink):
    assert contrast(ink.text, ink.fill) >= 4.5
    for page in PAGES:
        assert max(contrast(ink.line, page), contrast(ink.fill, page)) >= 3


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_the_picture_of_the_rule_has_the_same_colours_and_no_white_ground():
    svg = (NOTEBOOKS / "images/one_rule.svg").read_text()
    pairs = {(ink.fill, ink.text) for ink in INKS}
    boxes = re.findall(r'<g class="box">(.*?)</g>', svg, re.S)
    assert boxes
    for box in boxes:
        (fill,) = re.findall(r'<rect [^>]*fill="(#\w+)"', box)
        assert {(fill, text) for text in re.findall(r'<text [^>]*fill="(#\w+)"', box)} <= pairs
    assert svg.count("<text") == sum(box.count("<text") for box in boxes)


@pytest.mark.parametrize("width", [90, 150, 220, 330, 900])
@pytest.mark.parametrize("call", ["UserStatus.objects.select_for_update().get_or_create(…)", "f(a.b(…)).save(…)"])
def test_the_last_name_of_a_call_is_always_seen(call, width):
    lines = wrapped(call, width)
    assert len(lines) <= 2
    assert call.endswith(lines[-1].strip().removeprefix("…"))
    assert lines[-1].endswith("create(…)") or lines[-1].endswith("save(…)")


def test_what_is_cut_is_cut_from_the_left():
    assert wrapped("a(…).bbbbbbbbb(…).cccccccccc(…)", 140) == ["….bbbbbbbbb(…)", "  .cccccccccc(…)"]
    assert wrapped("get_or_create_or_update(…)", 120) == ["…_or_update(…)"]


def test_markup_in_a_call_stays_text():
    where = {"file": "f.py", "line": 1, "function": "f", "call": "f('<b>&')"}
    about = {"method": "<i>", "where": where, "outcome": "ok", "thread": "worker", "number": 1, "loop": False}
    calls = Calls([{**about, "sql": "SELECT", "hop": 1, "framework": ""}])
    assert "<b>" not in calls.svg() + calls.html()
    assert "<i>" not in calls.svg() + calls.html()


def test_the_readme_opens_with_a_picture_and_says_what_it_shows():
    head = (NOTEBOOKS.parent / "README.md").read_text(encoding="utf-8").partition("\n## ")[0]
    ((alternative, target),) = re.findall(r"!\[(.*?)\]\((.+?)\)", head)
    assert "SynchronousOnlyOperation" in alternative
    assert (NOTEBOOKS.parent / target).read_bytes().startswith(b"\x89PNG")
