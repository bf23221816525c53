"""The command line: what it looks at, what it says, and how it ends."""

import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from face import CALLED, DIRECT, GUESSED, UNPARSED, Engine, make_project

from async_audit.command import FORMATS, main
from workshop.scratch import PROJECT

TEXT = """\
shop/views.py:6:17: DAS003 book.author was not loaded
shop/views.py:6:35: DAS003 self.genre was not loaded
      shop/views.py:6 in show
      shop/models.py:3 in Book.label
Found 2 places in the source. More: --explain DAS003
"""


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "project")


def run(capsys, *arguments):
    """Run the command line; return exit code, output, errors."""
    code = main([str(argument) for argument in arguments])
    return code, *capsys.readouterr()


def found(output):
    """Return path, line and column of each finding in JSON."""
    return [(finding["path"], finding["line"], finding["col"]) for finding in json.loads(output)["findings"]]


def script(*arguments, cwd, **environ):
    command = [sys.executable, PROJECT / "check_async_errors.py", *arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINKUP_", "DJANGO_"))}
    return subprocess.run(command, cwd=cwd, env=kept | environ, capture_output=True, text=True, timeout=60)


def test_the_text(project, monkeypatch, capsys):
    Engine(monkeypatch, CALLED, GUESSED, DIRECT)
    assert run(capsys, project) == (1, TEXT, "")


def test_nothing_found(project, monkeypatch, capsys):
    Engine(monkeypatch)
    assert run(capsys, project) == (0, "Nothing found in the source (3 files).\n", "")


def test_json_has_exactly_what_was_promised(project, monkeypatch, capsys):
    Engine(monkeypatch, CALLED, unparsed=[UNPARSED])
    code, out, err = run(capsys, project, "--format", "json")
    assert (code, err) == (1, "")
    chain = [
        {"path": "shop/views.py", "line": 6, "function": "show"},
        {"path": "shop/models.py", "line": 3, "function": "Book.label"},
    ]
    finding = {"path": "shop/views.py", "line": 6, "col": 35, "code": "DAS003", "function": "show", "tier": 2}
    assert json.loads(out) == {
        "findings": [finding | {"message": "self.genre was not loaded", "chain": chain}],
        "unparsed": [{"path": "shop/later.py", "reason": "line 1: invalid syntax"}],
    }


def test_guesses_are_shown_on_request(project, monkeypatch, capsys):
    Engine(monkeypatch, DIRECT, GUESSED)
    assert found(run(capsys, project, "--format=json")[1]) == [("shop/views.py", 6, 17)]
    assert found(run(capsys, project, "--format=json", "--all")[1]) == [("shop/views.py", 6, 17), GUESSED_AT]


GUESSED_AT = ("shop/views.py", 10, 18)


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        (["--select", "DAS002"], [10]),
        (["--select", "das003, DAS002"], [6, 10]),
        (["--select", "DAS002", "--select", "DAS003"], [6, 10]),
        (["--ignore", "DAS003"], [10]),
        (["--ignore", "DAS002,DAS003"], []),
        (["--select", "DAS003", "--ignore", "DAS003"], []),
    ],
)
def test_codes_are_chosen(project, monkeypatch, capsys, options, lines):
    Engine(monkeypatch, DIRECT, GUESSED)
    code, out, _err = run(capsys, project, "--all", "--format=json", *options)
    assert [line for _path, line, _col in found(out)] == lines
    assert code == bool(lines)


def test_what_the_engine_is_asked(project, monkeypatch, capsys):
    engine = Engine(monkeypatch)
    run(capsys, project)
    run(capsys, project, "--tests", "--exclude", "old/*", "--exclude", "vendor")
    wanted = {"root": project, "exclude": ("old/*", "vendor"), "wrappers": (), "tests": True}
    assert engine.calls == [wanted | {"exclude": (), "tests": False}, wanted]


def test_a_file_is_named_from_its_own_folder_and_read_with_its_project(project, monkeypatch, capsys):
    (project / "manage.py").touch()
    engine = Engine(monkeypatch, CALLED, DIRECT, unparsed=[UNPARSED])
    code, out, err = run(capsys, project / "shop/views.py", "--exclude", "shop")
    assert (code, err) == (1, "")
    assert out == TEXT.replace("shop/", "")
    assert engine.calls[0]["root"] == project
    assert (engine.calls[0]["tests"], engine.calls[0]["exclude"]) == (True, ())  # who names a file wants it read
    assert run(capsys, project / "shop/models.py") == (0, "Nothing found in the source (1 file).\n", "")


def test_a_file_outside_any_project(project, monkeypatch, capsys):
    engine = Engine(monkeypatch)
    run(capsys, project / "shop/views.py")
    assert engine.calls[0]["root"] == project / "shop"


def test_several_folders_are_named_from_what_they_share(tmp_path, monkeypatch, capsys):
    one, two = make_project(tmp_path / "one"), make_project(tmp_path / "two")
    Engine(monkeypatch, CALLED)
    out = run(capsys, one, two, "--format=json")[1]
    assert found(out) == [("one/shop/views.py", 6, 35), ("two/shop/views.py", 6, 35)]
    assert json.loads(out)["findings"][1]["chain"][1]["path"] == "two/shop/models.py"
    assert found(run(capsys, one, one, "--format=json")[1]) == [("shop/views.py", 6, 35)]


def test_relative_paths(project, monkeypatch, capsys):
    Engine(monkeypatch, DIRECT)
    monkeypatch.chdir(project / "shop")
    for path in ("..", "../", str(project), "../../project"):
        assert found(run(capsys, path, "--format=json")[1]) == [("shop/views.py", 6, 17)]


def test_files_that_cannot_be_parsed_are_named_and_not_red(project, monkeypatch, capsys):
    Engine(monkeypatch, unparsed=[UNPARSED])
    said = "shop/later.py was not looked at: line 1: invalid syntax\n"
    version = "{}.{}".format(*sys.version_info)
    said_of_source = f"Nothing found in 2 of 3 files; the others cannot be read with Python {version}.\n"
    assert run(capsys, project) == (0, said_of_source, said)


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_could_be_parsed(project, monkeypatch, capsys, name):
    Engine(monkeypatch, unparsed=[UNPARSED], files=1)
    code, out, err = run(capsys, project, "--format", name)
    assert code == 2
    assert "shop/later.py" in out + err


def test_no_python_in_a_folder(tmp_path, monkeypatch, capsys):
    Engine(monkeypatch, files=0)
    code, out, err = run(capsys, tmp_path)
    assert (code, out) == (2, "")
    assert err.startswith(f"check_async_errors: No Python file to read in {tmp_path}. Name the folder")


def test_what_cannot_be_read(project, capsys):
    (project / "notes.txt").touch()
    (project / "loop").symlink_to(project / "loop")
    for name, said in {
        "nowhere": "cannot be read: No such file or directory. Name a folder",
        "loop": "cannot be read: Too many levels of symbolic links. Name a folder",
        "notes.txt": "is no file of Python. Name a folder",
        "": "cannot be read: ",
    }.items():
        path = str(project / name) if name else ""
        code, out, err = run(capsys, path)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.startswith(f"check_async_errors: {path} {said}")


@pytest.mark.parametrize("option", ["--select", "--ignore", "--explain"])
@pytest.mark.parametrize("code", ["DAS999", "E501", "DAS"])
def test_a_code_that_there_is_not(project, capsys, option, code):
    ended, out, err = run(capsys, project, option, code)
    assert (ended, out) == (2, "")
    assert err.startswith(f"check_async_errors: {option} names {code!r}, which is no code: there are DAS001 to DAS")


def test_a_format_that_there_is_not(project, capsys):
    with pytest.raises(SystemExit) as end:
        main([str(project), "--format", "xml"])
    assert end.value.code == 2


def test_nothing_to_look_at(capsys):
    said = "check_async_errors: Nothing to look at. Name the folder of a project, or a log: --log FILE.\n"
    assert run(capsys) == (2, "", said)


def test_names_that_a_terminal_would_obey(project, monkeypatch, capsys):
    evil = "shop/\x1b]0;owned\x07\udc80.py"
    step, unparsed = DIRECT.chain[0], type(UNPARSED)(evil, "\x07")
    Engine(monkeypatch, type(DIRECT)(evil, 1, 1, "DAS001", "x\x1b[2J", "f\x9b", 1, (step, step)), unparsed=[unparsed])
    _code, out, err = run(capsys, project)
    assert err == "shop/\\x1b]0;owned\\x07\\udc80.py was not looked at: \\x07\n"
    assert out.startswith(r"shop/\x1b]0;owned\x07\udc80.py:1:1: DAS001 x\x1b[2J")
    assert all(line.isprintable() for line in out.splitlines())


def test_the_script_needs_no_settings_and_imports_nothing(tmp_path):
    (tmp_path / "manage.py").write_text("raise SystemExit('imported')\n")
    (tmp_path / "settings.py").write_text("raise SystemExit('imported')\n")
    (tmp_path / "broken.py").write_text("class ===\n")
    environ = {"LINKUP_DATABASE_URL": "nonsense", "DJANGO_SETTINGS_MODULE": "settings"}
    done = script(tmp_path, "--format", "json", cwd="/", **environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout).keys() == {"findings", "unparsed"}
    done = script(".", cwd=tmp_path, DJANGO_ALLOW_ASYNC_UNSAFE="1", **environ)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Nothing found in 2 of 3 files")


def test_the_script_without_a_linkup_that_starts(tmp_path):
    done = script(cwd=tmp_path, LINKUP_DATABASE_URL="nonsense")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("LinkUp is not configured right: LINKUP_DATABASE_URL is no address of a database.")
    assert script(cwd=tmp_path, DJANGO_ALLOW_ASYNC_UNSAFE="1").returncode == 2


def test_the_script_without_arguments_looks_at_linkup_and_its_log(tmp_path):
    done = script(cwd=tmp_path, LINKUP_LOG_FILE=str(tmp_path / "linkup.log"))
    assert (done.returncode, done.stderr) == (0, "")
    never = f"No SynchronousOnlyOperation: {tmp_path}/linkup.log does not exist, so nothing has been logged yet."
    assert done.stdout == f"{never}\nNothing found in the source.\n"


def test_a_reader_that_goes_away(tmp_path):
    make_project(tmp_path / "project")
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, PROJECT / "check_async_errors.py", tmp_path, "--format", "sarif"]
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, env=environ, text=True, timeout=60)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


def test_an_output_that_has_few_letters(tmp_path):
    done = script("--explain", "DAS001", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert r"asave, \u2026)" in done.stdout


def test_the_management_command_is_the_same(project, monkeypatch, capsys):
    Engine(monkeypatch, CALLED, GUESSED, DIRECT)
    with pytest.raises(SystemExit) as end:
        call_command("check_async_errors", str(project))
    assert (end.value.code, *capsys.readouterr()) == (1, TEXT, "")
    with pytest.raises(CommandError, match=r"^--select names 'X1', which is no code") as raised:
        call_command("check_async_errors", select=["X1"])
    assert raised.value.returncode == 2


def test_both_sides_of_a_project(project, settings, monkeypatch, capsys):
    settings.BASE_DIR, settings.LOG_FILE = project, "site.log"
    Engine(monkeypatch, CALLED, DIRECT)
    with pytest.raises(SystemExit) as end:
        call_command("check_async_errors")
    never = "No SynchronousOnlyOperation: site.log does not exist, so nothing has been logged yet.\n"
    assert (end.value.code, *capsys.readouterr()) == (1, never + TEXT, "")
