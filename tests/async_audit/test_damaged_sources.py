"""The audit of files that nobody meant to be read: damaged, odd, endless. It names what it cannot read, and goes on."""

import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from async_audit.report import Report
from async_audit.static import audit
from workshop.gallery import GALLERY

SOURCES = [file.read_bytes() for file in sorted(GALLERY.rglob("*.py"))]
FILES_AT_ONCE = 10
ROUNDS = 1_000 if os.environ.get("LINKUP_SOAK") else 30  # 10,000 files
LITTER = [
    b"\x00",
    b"\xff\xfe",
    b"(",
    b"[" * 50,
    b"\t",
    b"async ",
    b"await ",
    b"yield ",
    b"*",
    b":=",
    b"lambda: ",
    b"class ",
]


def damage(source, seed):
    """Return a source cut, with lines dropped, doubled or swapped, with words exchanged, or with litter in it."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        lines = source.split(b"\n")
        here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                source = source[: chance.randrange(len(source) + 1)]
            case 1:
                del lines[here]
                source = b"\n".join(lines)
            case 2:
                lines[here], lines[there] = lines[there], lines[here]
                source = b"\n".join(lines)
            case 3:
                lines.insert(here, lines[there])
                source = b"\n".join(lines)
            case 4:
                at = chance.randrange(len(source) + 1)
                source = source[:at] + chance.choice(LITTER) + source[at:]
            case 5:
                words = source.split(b" ")
                one, other = chance.randrange(len(words)), chance.randrange(len(words))
                words[one], words[other] = words[other], words[one]
                source = b" ".join(words)
            case 6:
                names = [b"self", b"Book", b"Author", b"book", b"await ", b"objects", b"async "]
                source = source.replace(chance.choice(names), chance.choice(names))
    return source


@settings(max_examples=ROUNDS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_damaged_files_are_read_or_named(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("damaged")
    for number in range(FILES_AT_ONCE):
        source = SOURCES[(seed + number) % len(SOURCES)]
        (folder / f"file_{number}.py").write_bytes(damage(source, seed + number))
    report = audit(folder)
    assert report.files == FILES_AT_ONCE
    assert all(each.reason and each.path.startswith("file_") for each in report.unparsed)


BROKEN = b"async def view(request):\n    return Book.objects.get(pk=1)\nfrom shop.models import Book\n"
ODD = {
    "null": (b"x = 1\x00\n", "null bytes"),
    "newer_syntax": (b"def f(:\n", "line 1: invalid syntax"),
    "wrong_encoding": ("name = 'Zoë'\n".encode("latin-1"), "encoding"),
    "unknown_encoding": (b"# coding: klingon\n", "unknown encoding: klingon"),
    "too_large": (b"x = 1\n" * 900_000, "larger than 4 MB"),
    "too_deep": (b"x = " + b"(" * 300 + b")" * 300 + b"\n", "too many nested parentheses"),
}


@pytest.mark.parametrize("name", ODD)
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    source, reason = ODD[name]
    (tmp_path / "odd.py").write_bytes(source)
    (tmp_path / "good.py").write_bytes(BROKEN)
    report = audit(tmp_path)
    [unparsed] = report.unparsed
    assert unparsed.path == "odd.py"
    assert reason in unparsed.reason
    assert [(finding.path, finding.line) for finding in report.findings] == [("good.py", 2)]


@pytest.mark.parametrize(
    "source",
    [
        b"\xef\xbb\xbf" + BROKEN,
        b"# coding: latin-1\n# Zo\xeb\n" + BROKEN,
        BROKEN.replace(b"\n", b"\r\n"),
        b"\x0c\n" + BROKEN,
        b"x = " + b"+".join([b"1"] * 3_000) + b"\n" + BROKEN,
        b"x = " + b".a".join([b"y"] + [b""] * 2_000) + b"\n" + BROKEN,
        b"# " + b"x" * 3_000_000 + b"\n" + BROKEN,
    ],
    ids=["mark", "latin-1", "crlf", "form feed", "long sum", "long path", "3 MB"],
)
def test_an_odd_file_is_read(tmp_path, source):
    (tmp_path / "odd.py").write_bytes(source)
    report = audit(tmp_path)
    assert report.unparsed == []
    assert [finding.code for finding in report.findings] == ["DAS001"]


def test_links_and_pipes_do_not_hold_it_up(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "loop").symlink_to(tmp_path)
    (tmp_path / "circle.py").symlink_to(tmp_path / "circle.py")
    (tmp_path / "nowhere.py").symlink_to(tmp_path / "missing.py")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "inner" / "good.py").write_bytes(BROKEN)
    report = audit(tmp_path)
    assert {each.path for each in report.unparsed} == {"circle.py", "nowhere.py", "pipe.py"}
    assert [finding.path for finding in report.findings] == ["inner/good.py"]


def test_code_that_calls_itself_ends(tmp_path):
    (tmp_path / "knot.py").write_text(
        "class A(A): pass\n"
        "class B(C): pass\nclass C(B): pass\n"
        "from knot import *\nfrom knot import x as x\ny = z\nz = y\n"
        "def f(a): return f([a])\n"
        "def g(h): return g(lambda: h(g))\n"
        "async def main():\n    f(1)\n    g(f)\n    A().x.y\n    B().z\n    x.a\n    await main()\n"
    )
    assert audit(tmp_path) == Report([], [], 1)
