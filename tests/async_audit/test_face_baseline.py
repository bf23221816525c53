"""A baseline: what it knows is left out, wherever the lines have moved to, and what is gone is said."""

import json
import os
import stat
from dataclasses import replace

import pytest
from face import CALLED, DIRECT, GUESSED, UNPARSED, VIEWS, Engine, make_project

from async_audit.baseline import Entry, compare, read_baseline
from async_audit.command import main

SHELF = "return page(*Book.objects.all())"
SHOW = "return page(book.author.name, book.label())"


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "project")


@pytest.fixture
def baseline(project, monkeypatch, capsys):
    """A baseline of the two findings in one line."""
    Engine(monkeypatch, CALLED, DIRECT)
    file = project / "known.json"
    assert run(capsys, project, "--write-baseline", file) == (0, f"Wrote 2 findings to {file}: --baseline {file}\n", "")
    return file


def run(capsys, *arguments):
    """Run the command line; return exit code, output, errors."""
    code = main([str(argument) for argument in arguments])
    return code, *capsys.readouterr()


def moved(finding, lines):
    first, *rest = finding.chain
    chain = (replace(first, line=first.line + lines), *rest)
    return replace(finding, line=finding.line + lines, chain=chain)


def test_what_it_holds(baseline):
    assert read_baseline(baseline) == {Entry("shop/views.py", "DAS003", SHOW): 2}
    assert len(baseline.read_text().splitlines()) == 3, "an entry is a line"


def test_what_is_known_is_left_out(project, baseline, capsys):
    nothing_new = "Nothing new found in the source (3 files).\n2 in the baseline.\n"
    assert run(capsys, project, "--baseline", baseline) == (0, nothing_new, "")


def test_it_outlives_moves_of_lines(project, baseline, monkeypatch, capsys):
    (project / "shop/views.py").write_text("import os\n\n" + VIEWS.replace("    return", "        return"))
    Engine(monkeypatch, moved(CALLED, 2), moved(DIRECT, 2), moved(GUESSED, 2))
    assert run(capsys, project, "--baseline", baseline)[0] == 0
    code, out, err = run(capsys, project, "--baseline", baseline, "--all")
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "shop/views.py:12:18: DAS002 a queryset is unpacked",
        "Found 1 new place in the source. More: --explain DAS002",
        "2 in the baseline.",
    ]


@pytest.mark.parametrize(
    "changed",
    [replace(DIRECT, code="DAS004"), replace(DIRECT, path="shop/models.py", line=3), replace(DIRECT, line=10)],
    ids=["code", "file", "text"],
)
def test_what_differs_is_new(project, baseline, monkeypatch, capsys, changed):
    Engine(monkeypatch, CALLED, changed)
    code, out, _err = run(capsys, project, "--baseline", baseline)
    assert code == 1
    assert f"{changed.path}:{changed.line}:{changed.col}: {changed.code} " in out
    assert f"\n1 in the baseline.\nNot found any more, in the baseline: shop/views.py: DAS003 {SHOW}\n" in out


def test_one_more_of_a_kind_is_new(project, baseline, monkeypatch, capsys):
    (project / "shop/views.py").write_text(VIEWS.replace(SHELF, SHOW))
    Engine(monkeypatch, CALLED, DIRECT, moved(DIRECT, 4))
    code, out, _err = run(capsys, project, "--baseline", baseline, "--format=json")
    found = json.loads(out)
    assert (code, [finding["line"] for finding in found["findings"]]) == (1, [10])
    assert found["compared"] == {"where": "in the baseline", "known": 2, "gone": []}


def test_what_is_gone_is_said_where_it_was_looked_for(project, baseline, monkeypatch, capsys):
    Engine(monkeypatch)
    gone = {"path": "shop/views.py", "code": "DAS003", "source": SHOW}

    def said(*arguments):
        code, out, _err = run(capsys, *arguments, "--baseline", baseline, "--format=json")
        assert code == 0
        return json.loads(out)["compared"]["gone"]

    assert said(project) == [gone, gone]
    assert said(project / "shop") == [gone, gone]
    assert said(project, "--select", "DAS003") == [gone, gone]
    assert said(project, "--ignore", "DAS003") == []
    assert said(project / "shop/models.py") == []
    Engine(monkeypatch, unparsed=[replace(UNPARSED, path="shop/views.py")])
    assert said(project) == []


def test_it_means_the_same_from_everywhere(project, baseline, monkeypatch, capsys):
    Engine(monkeypatch, replace(DIRECT, path="views.py"))
    monkeypatch.chdir(project / "shop")
    assert run(capsys, ".", "--baseline", "../known.json")[0] == 0
    link = project.parent / "link"
    link.symlink_to(project)
    Engine(monkeypatch, DIRECT)
    assert run(capsys, link, "--baseline", link / "known.json")[0] == 0


@pytest.mark.parametrize("name", ["github", "sarif", "junit"])
def test_each_format_says_it(project, baseline, monkeypatch, capsys, name):
    Engine(monkeypatch, CALLED)
    code, out, _err = run(capsys, project, "--baseline", baseline, "--format", name)
    assert (code, out.count("1 in the baseline.")) == (0, 1)
    assert out.count("Not found any more, in the baseline: shop/views.py") == 1
    assert "self.genre" not in out


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        b"\xff",
        '{"version": 1, "findings": 3}',
        '{"version": 1, "findings": [3]}',
        '{"version": 1, "findings": [{"path": "a.py", "code": "DAS001", "source": "x"}]}',
        '{"version": 1, "findings": [{"path": "a.py", "code": "DAS001", "source": "x", "count": "some"}]}',
        '{"version": 1, "findings": [{"path": 3, "code": "DAS001", "source": "x", "count": 1}]}',
        '{"version": 1, "findings": [{"path": [], "code": "DAS001", "source": "x", "count": 1}]}',
    ],
)
def test_what_is_no_baseline(project, monkeypatch, capsys, text):
    Engine(monkeypatch, DIRECT)
    file = project / "known.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = f"check_async_errors: {file} is no baseline. Write it anew: --write-baseline {file}\n"
    assert run(capsys, project, "--baseline", file) == (2, "", said)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.json", "cannot be read: No such file or directory. Write it: --write-baseline "),
        ("shop", "cannot be read: Is a directory. Write it: --write-baseline "),
    ],
)
def test_a_baseline_that_cannot_be_read(project, monkeypatch, capsys, name, said):
    Engine(monkeypatch, DIRECT)
    code, out, err = run(capsys, project, "--baseline", project / name)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"check_async_errors: {project / name} {said}")


def test_a_baseline_of_another_version(project, baseline, capsys):
    baseline.write_text(baseline.read_text().replace('"version": 1', '"version": 2'))
    code, _out, err = run(capsys, project, "--baseline", baseline)
    assert code == 2
    assert "is of another version of the checker. Write it anew: --write-baseline" in err


@pytest.mark.parametrize("name", ["nowhere/known.json", "shop"])
def test_a_baseline_that_cannot_be_written(project, monkeypatch, capsys, name):
    Engine(monkeypatch, DIRECT)
    before = sorted(project.rglob("*"))
    code, out, err = run(capsys, project, "--write-baseline", project / name)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"{project / name} cannot be written: " in err
    assert sorted(project.rglob("*")) == before


def test_nothing_is_written_when_nothing_could_be_parsed(project, monkeypatch, capsys):
    Engine(monkeypatch, unparsed=[UNPARSED], files=1)
    code, out, _err = run(capsys, project, "--write-baseline", project / "known.json")
    assert (code, out) == (2, "")
    assert not (project / "known.json").exists()


def test_it_is_replaced_and_keeps_its_permissions(project, baseline, monkeypatch, capsys):
    baseline.chmod(0o640)
    link = project / "link.json"
    link.symlink_to(baseline)
    Engine(monkeypatch)
    assert run(capsys, project, "--write-baseline", link)[0] == 0
    assert read_baseline(baseline) == {}
    assert link.is_symlink()
    assert stat.S_IMODE(os.stat(baseline).st_mode) == 0o640
    assert {file.name for file in project.iterdir()} == {"known.json", "link.json", "shop"}


def test_a_log_alone_has_no_baseline(project, capsys):
    for option in ("--baseline", "--write-baseline", "--diff"):
        code, out, err = run(capsys, "--log", project / "shop/views.py", option, project / "known.json")
        assert (code, out) == (2, "")
        assert "are about the source, and only a log was named. Name a folder as well." in err


def test_both_at_once(project, baseline, capsys):
    with pytest.raises(SystemExit) as end:
        main([str(project), "--baseline", str(baseline), "--write-baseline", str(baseline)])
    assert end.value.code == 2


def test_findings_of_any_origin_are_compared(project, baseline):
    new, left = compare([DIRECT, GUESSED], read_baseline(baseline), project, project)
    assert new == [GUESSED]
    assert left == {Entry("shop/views.py", "DAS003", SHOW): 1}
