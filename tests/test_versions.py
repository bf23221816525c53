"""Does it still happen? versions.json says what each Django makes of the gallery, and the installed one agrees."""

import json
import sys
from dataclasses import replace

import django
import pytest

import versions as command
from outcomes import ON_SQLITE, outcomes
from workshop import catalogue, versions
from workshop.errors import WorkshopError
from workshop.versions import PASSES, Tried, changes, read, series, told

INSTALLED = series(django.__version__)
SAME = Tried("5.2.1", "3.13", 3, {})


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A file with two versions, which are alike."""
    monkeypatch.setattr(versions, "FILE", tmp_path / "versions.json")
    versions.write([replace(SAME, django="6.1"), SAME])
    return versions.FILE


def test_the_installed_django_does_what_is_written():
    assert INSTALLED in read(), f"make versions DJANGO={INSTALLED}"
    written = read()[INSTALLED]
    assert {str(program): told(outcomes()[*program.key, "run"]) for program in ON_SQLITE} == {
        str(program): written.gives(program) for program in ON_SQLITE
    }, "in a new program, or a new Django? make versions"


def test_the_oldest_is_the_lts_and_each_series_is_its_own():
    assert next(iter(read())) == "5.2"
    assert list(read()) == [series(each.django) for each in read().values()]
    assert all(each.programs > 1000 for each in read().values())


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        ({"error": None, "guard": None, "never_awaited": False}, PASSES),
        ({"error": None, "guard": None, "never_awaited": True}, "never awaited"),
        ({"error": "TypeError", "guard": None, "never_awaited": True}, "TypeError"),
        ({"error": "SynchronousOnlyOperation", "guard": "a.b.cursor"}, "SynchronousOnlyOperation at cursor"),
        ({"event": "overdue"}, "does not end"),
    ],
)
def test_an_outcome_in_a_few_words(outcome, says):
    assert told({"event": "ended"} | outcome) == says


def test_what_two_versions_treat_differently():
    raises, elsewhere, passes = (
        next(p for p in ON_SQLITE if p.kind == kind) for kind in ("broken", "partial", "fixed")
    )
    unlike = {str(raises): PASSES, str(elsewhere): "TypeError", str(passes): "ValueError"}
    found = changes(SAME, replace(SAME, unlike=unlike), ON_SQLITE)
    assert found == {"no longer": [raises], "elsewhere": [elsewhere], "fails now": [passes]}


def test_the_catalogue_tells_of_a_change(file):
    [raises, *_] = broken = [p for p in ON_SQLITE if p.kind == "broken" and p.path == "lazy_relation.py"]
    unlike = {str(raises): PASSES}
    versions.write([SAME, replace(SAME, django="7.0a1", unlike=unlike)])
    many = len(broken)
    assert versions.cell(broken) == f"{many} / {many - 1}, no longer: {raises.about}"
    assert versions.section().endswith(
        f"| 7.0a1 | 3.13 | 3 | – | lazy_relation/{raises.name} (passes, was cursor) | – |"
    )
    assert "fails in 5.2 / 7.0 |" in catalogue.table()


@pytest.mark.parametrize(("version", "of"), [("6.0.10", "6.0"), ("6.2a1", "6.2"), ("7.0rc1", "7.0"), ("5.2", "5.2")])
def test_the_series_of_a_version(version, of):
    assert series(version) == of


@pytest.mark.parametrize("text", ["no", '{"5.2": {}}', '{"5.2": []}'])
def test_a_file_that_cannot_be_read_is_named(file, text):
    file.write_text(text)
    with pytest.raises(WorkshopError, match=r"^versions\.json"):
        read()


@pytest.fixture
def uv(monkeypatch):
    """Let `uv` of the command be a function that a test gives, and the Python one that Django 6 runs on."""
    monkeypatch.setattr(sys, "version_info", (3, 13))
    return lambda function: monkeypatch.setattr(command, "uv", function)


class TestCommand:
    def test_a_new_version_is_added_and_the_others_stay(self, file, uv, capsys):
        uv(lambda *arguments, **_given: json.dumps({"django": "7.0a1", "python": "3.14", "programs": 5, "unlike": {}}))
        assert command.main(["7.0a1"]) == 0
        assert capsys.readouterr().out == "Django 7.0a1: 5 programs, 0 unlike the gallery's words\n"
        assert list(json.loads(file.read_text())) == ["5.2", "6.1", "7.0"]

    @pytest.mark.parametrize(("name", "wanted"), [("6.0", "django==6.0.*"), ("6.0.3", "django==6.0.3")])
    def test_a_series_is_its_newest_release(self, file, uv, name, wanted):
        def run(*arguments, given=""):
            assert wanted in arguments
            return json.dumps({"django": "6.0.10", "python": "3.13", "programs": 5, "unlike": {}})

        uv(run)
        assert command.main([name]) == 0

    @pytest.mark.parametrize(("pin", "name"), [("6.1.3", "6.1"), ("6.2b1", "6.2b1")])
    def test_without_a_name_the_newest_is_tried_too(self, uv, pin, name):
        uv(lambda *arguments, **_given: f"asgiref==3.13\ndjango=={pin}\n")
        assert command.newest({"5.2": SAME, "6.1": SAME}) == name

    @pytest.mark.parametrize(
        ("names", "says"),
        [(["newest"], "newest is no version of Django. Name one such as 6.1 or 7.0a1."), (["6.1", "6.9"], "no 6.9")],
    )
    def test_nothing_is_stored_when_one_cannot_be_tried(self, file, uv, capsys, names, says):
        def run(*arguments, given=""):
            if "django==6.9.*" in arguments:
                raise WorkshopError("no 6.9")
            return json.dumps({"django": "6.1.9", "python": "3.14", "programs": 5, "unlike": {}})

        uv(run)
        before = file.read_text()
        assert command.main(names) == 2
        assert (file.read_text(), capsys.readouterr().err) == (before, f"versions: {says}\n")

    def test_an_older_python_is_told_what_to_do(self, file, monkeypatch, capsys):
        monkeypatch.setattr(sys, "version_info", (3, 11))
        assert command.main([]) == 2
        assert capsys.readouterr().err.endswith("make -B PYTHON=python3.13 versions\n")

    def test_what_uv_refuses_is_said(self):
        with pytest.raises(WorkshopError, match="nothing was stored"):
            command.uv("no-such-command")
