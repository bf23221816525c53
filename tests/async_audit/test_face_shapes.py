"""The texts of the shapes: complete, with examples that Python can read, and the same in README.md."""

import ast
import subprocess
import sys
from importlib import import_module

import pytest

from async_audit import shapes as package
from async_audit.command import main
from async_audit.shapes import Shape, shapes
from workshop.scratch import NOTEBOOKS, PROJECT

README = NOTEBOOKS.parent / "README.md"
EACH = pytest.mark.parametrize("shape", shapes().values(), ids=list(shapes()))


def test_the_codes_are_numbered_without_a_gap():
    read, run = ([code for code in shapes() if (code > "DAS100") is is_run] for is_run in (False, True))
    assert read == [f"DAS{number:03}" for number in range(1, len(read) + 1)]
    assert run == [f"DAS{number:03}" for number in range(101, len(run) + 101)], "what a run alone shows"
    assert len({shape.name for shape in shapes().values()}) == len(shapes())


@EACH
def test_a_shape_stands_in_a_file_of_its_name(shape):
    module = f"async_audit.shapes.{shape.code.lower()}_{shape.name.replace('-', '_')}"
    assert import_module(module).SHAPE is shape


@EACH
def test_a_shape_says_all(shape):
    for said in (shape.why, shape.fix, shape.trap):
        assert len(said) > 40
        assert said.endswith(".")
        assert "  " not in said
        assert said.count("`") % 2 == 0
    assert not shape.title.endswith(".")
    assert shape.name == shape.name.lower()


@EACH
def test_its_examples_can_be_read_and_differ(shape):
    broken, fixed = ast.parse(shape.example_broken), ast.parse(shape.example_fixed)
    assert ast.dump(broken) != ast.dump(fixed)
    for line in (*shape.example_broken.splitlines(), *shape.example_fixed.splitlines()):
        assert len(line) <= 110
    assert any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(fixed)) or "@sync_to_async" in (
        shape.example_fixed
    )


@EACH
def test_its_lesson_exists(shape):
    assert not shape.lesson or (NOTEBOOKS.parent / shape.lesson_file).is_file()
    assert bool(shape.lesson_file) is bool(shape.lesson)


@EACH
def test_the_explanation(shape, capsys):
    assert main(["--explain", shape.code]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith(f"{shape.code} {shape.name}: {shape.title}\n\nWhy: ")
    words = " ".join(out.split())
    for said in (shape.why, shape.fix, shape.trap, shape.example_broken, shape.example_fixed, shape.lesson):
        assert " ".join(said.split()) in words
    assert ("\nLesson: " in out) is bool(shape.lesson)
    assert max(map(len, out.splitlines())) <= 120


def test_several_explanations(capsys):
    assert main(["--explain", "das002,DAS001"]) == 0
    out = capsys.readouterr().out
    assert 0 == out.index("DAS002 ") < out.index("\n\nDAS001 ")


def test_the_script_explains_without_a_project(tmp_path):
    command = [sys.executable, PROJECT / "check_async_errors.py", "--explain", "DAS003"]
    done = subprocess.run(command, cwd=tmp_path, env={"DJANGO_SETTINGS_MODULE": "none"}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{shapes()['DAS003'].text()}\n"


@pytest.fixture
def new_shapes(tmp_path, monkeypatch):
    """A folder whose files are shapes too."""
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    shapes.cache_clear()
    yield tmp_path
    shapes.cache_clear()
    for name in [name for name in sys.modules if name.startswith("async_audit.shapes.das9")]:
        del sys.modules[name]


NEW = """\
from dataclasses import replace
from async_audit.shapes.das001_sync_query import SHAPE
SHAPE = replace(SHAPE, code="DAS999", name="new")
"""


def test_a_new_shape_is_one_new_file(new_shapes, capsys):
    (new_shapes / "das999_new.py").write_text(NEW)
    assert isinstance(shapes()["DAS999"], Shape)
    assert main(["--explain", "DAS999"]) == 0
    assert capsys.readouterr().out.startswith("DAS999 new: ")


def test_two_shapes_of_one_code(new_shapes):
    (new_shapes / "das998_twin.py").write_text(NEW.replace("DAS999", "DAS001"))
    with pytest.raises(ValueError, match="two shapes have the code DAS001"):
        shapes()


def table():
    """Return README's table of codes as it should be."""
    rows = ["| code | name | what it finds | lesson |", "|---|---|---|---|"]
    for shape in shapes().values():
        lesson = f"[{shape.lesson[:2]}]({shape.lesson_file})" if shape.lesson else "–"
        rows.append(f"| {shape.code} | {shape.name} | {shape.title} | {lesson} |")
    return "\n".join(rows)


def test_the_readme_lists_the_codes():
    assert table() in README.read_text(), f"README.md should have:\n{table()}"


def test_the_readme_names_each_option():
    text = README.read_text()
    options = subprocess.run(
        [sys.executable, PROJECT / "check_async_errors.py", "--help"], capture_output=True, text=True, check=True
    ).stdout
    named = {word.strip("[],") for word in options.split() if word.startswith(("--", "[--"))} - {"--help"}
    assert named >= {"--log", "--format", "--explain", "--select", "--ignore", "--all", "--tests", "--exclude"}
    assert {option for option in named if f"`{option}" not in text} == set()


def test_a_shape_in_markdown():
    shape = shapes()["DAS001"]
    assert f"```python\n{shape.example_broken.strip()}\n```" in shape.markdown()
    assert shape.markdown().endswith(f"Lesson: {shape.lesson_file}")
