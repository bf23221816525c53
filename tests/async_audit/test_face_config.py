"""What a project says of itself: [tool.async_audit] in pyproject.toml, and `# noqa` in its source."""

import json
from dataclasses import replace

import pytest
from face import CALLED, DIRECT, GUESSED, VIEWS, Engine, make_project

from async_audit.command import main
from async_audit.noqa import silences

TOML = """\
[tool.async_audit]
exclude = ["shop/old", "*/vendor/*"]
select = ["das002", "DAS003"]
ignore = ["DAS002"]
wrappers = ["shop.threads.in_thread"]
"""


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "project")


@pytest.fixture
def codes(capsys):
    """Run the command line; return the codes that it reports."""

    def run(*arguments):
        main([*map(str, arguments), "--all", "--format=json"])
        return [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]]

    return run


def test_what_it_says_is_done(project, monkeypatch, codes):
    engine = Engine(monkeypatch, DIRECT, GUESSED)
    assert codes(project) == ["DAS003", "DAS002"]
    (project / "pyproject.toml").write_text(TOML)
    assert codes(project) == ["DAS003"]
    assert engine.calls[-1]["wrappers"] == ("shop.threads.in_thread",)
    assert engine.calls[-1]["exclude"] == ("shop/old", "*/vendor/*")


def test_the_command_line_comes_first(project, monkeypatch, codes):
    engine = Engine(monkeypatch, DIRECT, GUESSED)
    (project / "pyproject.toml").write_text(TOML)
    assert codes(project, "--ignore", "DAS003", "--exclude", "new") == ["DAS002"]
    assert engine.calls[-1]["exclude"] == ("shop/old", "*/vendor/*", "new")


def test_the_nearest_one_with_the_table_counts(project, monkeypatch, codes):
    engine = Engine(monkeypatch, DIRECT, GUESSED)
    (project.parent / "pyproject.toml").write_text("[tool.async_audit]\nignore = ['DAS003']\n")
    assert codes(project / "shop") == ["DAS002"]
    (project / "pyproject.toml").write_text(TOML)
    assert codes(project / "shop") == ["DAS003"]
    assert engine.calls[-1]["exclude"] == ("old", "*/vendor/*")  # as it reads from inside shop
    (project / "shop/pyproject.toml").write_text("[tool.ruff]\n")
    assert codes(project / "shop") == ["DAS003"]
    assert codes(project / "shop/views.py") == []
    (project / "shop/pyproject.toml").write_text("[tool.async_audit]\n")
    assert codes(project / "shop") == ["DAS003", "DAS002"]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[tool.async_audit]\nexcludes = []", "has the key 'excludes', which means nothing: use exclude, select"),
        ("[tool.async_audit]\nexclude = 'old'", "exclude of [tool.async_audit]"),
        ("[tool.async_audit]\nwrappers = [1]", 'is no list of strings: write wrappers = ["…"].'),
        ("[tool.async_audit]\nselect = {a = 1}", "select of [tool.async_audit]"),
        ("[tool.async_audit]\nignore = ['E501']", "names 'E501', which is no code: there are DAS001 to"),
        ("[tool]\nasync_audit = 3", "is no table: write [tool.async_audit]"),
        ("[tool.async_audit", "is no valid TOML: "),
        (b"[tool.async_audit]\n# \xff", "is no valid TOML: "),
    ],
)
def test_what_has_no_meaning_is_an_error(project, monkeypatch, capsys, toml, said):
    Engine(monkeypatch, DIRECT)
    file = project / "pyproject.toml"
    file.write_bytes(toml if isinstance(toml, bytes) else toml.encode())
    assert main([str(project)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("check_async_errors: ")
    assert said in err
    assert str(file) in err


def test_one_that_says_nothing_of_the_checker_may_be_broken(project, monkeypatch, codes):
    Engine(monkeypatch, DIRECT)
    (project / "pyproject.toml").write_text("[project]\nname = {{ cookiecutter.name }}\n")
    assert codes(project) == ["DAS003"]


def test_one_that_cannot_be_read(project, monkeypatch, capsys):
    Engine(monkeypatch, DIRECT)
    (project / "pyproject.toml").mkdir()
    assert main([str(project)]) == 2
    assert f"{project}/pyproject.toml cannot be read: Is a directory." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("comment", "silent"),
    [
        ("# noqa", True),
        ("#NOQA", True),
        ("# noqa because", True),
        ("# noqa: DAS003", True),
        ("# noqa : das003", True),
        ("# noqa:DAS001,DAS003", True),
        ("# noqa: E501 DAS003 it is cached", True),
        ("# type: ignore  # noqa: DAS003", True),
        ("# noqa: E501  # noqa: DAS003", True),
        ("# noqa: DAS001", False),
        ("# noqa: E501", False),
        ("# noqa:", False),
        ("# noqa: because", False),
        ("# noqa: DAS0031", False),
        ("# noqaDAS003", False),
        ("# no quality assurance", False),
        ("", False),
    ],
)
def test_what_a_comment_silences(comment, silent):
    assert silences(f"book.author  {comment}\n", "DAS003") is silent


def comment_on(file, line):
    lines = file.read_text().splitlines()
    lines[line - 1] += "  # noqa: DAS003"
    file.write_text("\n".join(lines))


@pytest.mark.parametrize(
    ("file", "line", "left"),
    [
        ("shop/views.py", 6, ["DAS002"]),  # the finding's own line
        ("shop/models.py", 3, ["DAS003", "DAS002"]),  # the line that asks: one of two findings leads there
        ("shop/models.py", 2, ["DAS003", "DAS003", "DAS002"]),
        ("shop/views.py", 10, ["DAS003", "DAS003", "DAS002"]),  # another code is named there
    ],
)
def test_a_comment_in_the_source(project, monkeypatch, codes, file, line, left):
    Engine(monkeypatch, DIRECT, CALLED, GUESSED)
    assert codes(project) == ["DAS003", "DAS003", "DAS002"]
    comment_on(project / file, line)
    assert codes(project) == left


def test_a_comment_on_the_way_silences_nothing(project, monkeypatch, codes):
    first, last = CALLED.chain
    Engine(monkeypatch, replace(CALLED, chain=(first, replace(first, line=10), last)))
    comment_on(project / "shop/views.py", 10)
    assert codes(project) == ["DAS003"]
    comment_on(project / "shop/models.py", 3)
    assert codes(project) == []


def test_a_comment_in_a_source_of_another_encoding(project, monkeypatch, codes):
    Engine(monkeypatch, DIRECT)
    lines = ["# coding: latin-1", *VIEWS.splitlines()[1:]]
    lines[5] += "  # ä  # noqa"
    (project / "shop/views.py").write_bytes("\r\n".join(lines).encode("latin-1"))
    assert codes(project) == []
