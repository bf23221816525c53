"""A learner's copies: empty when new, up to date after a change of the lesson, and nothing of theirs is lost."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workshop import WorkshopError, copies
from workshop.scratch import NOTEBOOKS

CHANGED = "Lesson 00_one has changed, and so has your copy. What you wrote is still there."
LESSON = {"a": "# 00 · One", "b": "1 + 1", "c": "What do you expect?", "d": "2 + 2"}


class Course:
    """A lesson that is changed in turn by its author and, in the copy, by a learner. Numbers of cells are code."""

    def __init__(self, folder):
        self.folder = folder
        self.lesson = folder / "00_one.ipynb"
        self.copy = folder / "mine/00_one.ipynb"

    def author(self, **sources):
        cells = [(new_code_cell if source[0].isdigit() else new_markdown_cell)(source) for source in sources.values()]
        for number, (cell, id_) in enumerate(zip(cells, sources, strict=True)):
            cell.id = id_
            if cell.cell_type == "code":
                cell.update(execution_count=number, outputs=[new_output("stream", text="stored\n")])
        metadata = {"workshop": {"id": "00"}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
        nbformat.write(new_notebook(cells=cells, metadata=metadata), self.lesson)

    def learner(self, change):
        notebook = self.read()
        change(notebook, {cell.id: cell for cell in notebook.cells})
        nbformat.write(notebook, self.copy)

    def update(self):
        return copies.update(self.folder)

    def read(self):
        notebook = nbformat.read(self.copy, as_version=4)
        nbformat.validate(notebook)
        return notebook

    def sources(self):
        return [cell.source for cell in self.read().cells]

    def printed(self):
        return [[output.text for output in cell.outputs] for cell in self.read().cells if cell.cell_type == "code"]


@pytest.fixture
def course(tmp_path):
    """A course whose learner has a copy already."""
    (tmp_path / "images").mkdir()
    (tmp_path / "images/rule.svg").write_text("<svg/>")
    course = Course(tmp_path)
    course.author(**LESSON)
    assert course.update() == ["Your own copies of the lessons are in notebooks/mine/."]
    return course


def run_cells(notebook, _cells):
    """Give every cell an output, as a learner's Run All does."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(execution_count=7, outputs=[new_output("stream", text=f"mine: {cell.source}\n")])


def edit(id_, source):
    return lambda notebook, cells: cells[id_].update(source=source)


def add(place, source):
    return lambda notebook, cells: notebook.cells.insert(place, new_code_cell(source))


def remove(id_):
    return lambda notebook, cells: notebook.cells.remove(cells[id_])


def test_a_new_copy_is_the_lesson_with_nothing_run(course):
    notebook = course.read()
    assert course.sources() == list(LESSON.values())
    assert course.printed() == [[], []]
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == [None, None]
    assert notebook.metadata["workshop"] == {"id": "00"}
    assert (course.folder / "mine/images/rule.svg").is_file()
    lesson = nbformat.read(course.lesson, as_version=4)
    assert lesson.cells[1].outputs  # a reader's


@pytest.mark.parametrize("change", [run_cells, edit("b", "1 + 3"), add(2, "mine"), remove("c")])
def test_without_a_change_of_the_lesson_the_copy_is_not_written(course, change):
    course.learner(change)
    course.learner(lambda notebook, _cells: notebook.cells.reverse())
    os.utime(course.copy, (1, 1))
    before = course.copy.read_bytes()
    assert course.update() == []
    assert (course.copy.read_bytes(), course.copy.stat().st_mtime) == (before, 1)


def test_other_outputs_are_no_change_of_the_lesson(course):
    notebook = nbformat.read(course.lesson, as_version=4)
    notebook.cells[1].outputs = []
    nbformat.write(notebook, course.lesson)
    assert course.update() == []


def test_a_changed_lesson_reaches_the_copy_and_twice_is_once(course):
    course.learner(run_cells)
    course.author(a="# 00 · One, better", new="0 + 0", b="1 + 1", d="2 + 20")
    assert course.update() == [CHANGED]
    assert course.sources() == ["# 00 · One, better", "0 + 0", "1 + 1", "2 + 20"]
    assert course.printed() == [[], ["mine: 1 + 1\n"], []]
    before = course.copy.read_bytes()
    assert course.update() == []
    assert course.copy.read_bytes() == before


def test_a_changed_order_and_a_changed_tag_reach_the_copy(course):
    course.author(**dict(reversed(LESSON.items())))
    assert course.update() == [CHANGED]
    assert course.sources() == list(reversed(LESSON.values()))
    lesson = nbformat.read(course.lesson, as_version=4)
    lesson.cells[0].metadata["tags"] = ["raises-exception"]
    nbformat.write(lesson, course.lesson)
    assert course.update() == [CHANGED]
    assert course.read().cells[0].metadata["tags"] == ["raises-exception"]


def test_what_the_learner_changed_stays(course):
    course.learner(run_cells)
    course.learner(edit("b", "1 + 3"))
    course.author(**LESSON | {"a": "# 00 · One, better"})
    assert course.update() == [CHANGED]
    assert course.sources() == ["# 00 · One, better", "1 + 3", "What do you expect?", "2 + 2"]
    assert course.printed() == [["mine: 1 + 1\n"], ["mine: 2 + 2\n"]]


def test_the_kernel_that_the_learner_chose_stays(course):
    kernel = {"name": "mine", "display_name": "Mine"}
    course.learner(lambda notebook, _cells: notebook.metadata.update(kernelspec=kernel))
    course.author(**LESSON | {"b": "1 + 10"})
    assert course.update() == [CHANGED]
    assert course.read().metadata["kernelspec"] == kernel


def test_what_the_learner_added_stays_in_its_place(course):
    for place, source in [(4, "at the end"), (2, "below b"), (0, "at the top")]:
        course.learner(add(place, source))
    course.author(a=LESSON["a"], b="1 + 10", new="0 + 0", d="2 + 2")
    course.update()
    assert course.sources() == ["at the top", LESSON["a"], "1 + 10", "below b", "0 + 0", "2 + 2", "at the end"]


def test_both_changed_the_same_cell(course):
    course.learner(run_cells)
    course.learner(edit("b", "1 + 3"))
    course.author(**LESSON | {"b": "1 + 10"})
    course.update()
    assert course.sources() == [LESSON["a"], "1 + 3", copies.NOTE, "1 + 10", LESSON["c"], "2 + 2"]
    assert course.printed() == [["mine: 1 + 1\n"], [], ["mine: 2 + 2\n"]]
    assert course.update() == []
    course.author(**LESSON | {"b": "1 + 100"})  # the learner left the lesson's cell alone
    course.update()
    assert course.sources() == [LESSON["a"], "1 + 3", copies.NOTE, "1 + 100", LESSON["c"], "2 + 2"]


def test_both_made_the_same_change(course):
    course.learner(edit("b", "1 + 10"))
    course.learner(run_cells)
    course.author(**LESSON | {"b": "1 + 10"})
    course.update()
    assert course.sources() == [LESSON["a"], "1 + 10", LESSON["c"], "2 + 2"]
    assert course.printed()[0] == ["mine: 1 + 10\n"]


def test_a_cell_that_the_lesson_removed(course):
    course.learner(edit("b", "1 + 3"))
    course.author(a=LESSON["a"], c=LESSON["c"])
    course.update()
    assert course.sources() == [LESSON["a"], "1 + 3", LESSON["c"]]  # d had nothing of the learner's


def test_a_cell_that_the_learner_removed_comes_back_only_with_a_change(course):
    course.learner(remove("b"))
    course.learner(remove("c"))
    course.author(**LESSON | {"c": "And what now?"})
    course.update()
    assert course.sources() == [LESSON["a"], "And what now?", "2 + 2"]


def test_a_notebook_of_the_learners_with_the_name_of_a_lesson_is_kept(course):
    nbformat.write(new_notebook(cells=[new_markdown_cell("My own notes")]), course.copy)
    course.update()
    assert course.sources() == ["My own notes", *LESSON.values()]


def test_a_copy_in_an_older_format_is_kept(course):
    cell = '{"cell_type": "markdown", "metadata": {}, "source": "My own notes"}'
    course.copy.write_text(f'{{"nbformat": 4, "nbformat_minor": 4, "metadata": {{}}, "cells": [{cell}]}}')
    course.update()
    assert course.sources() == ["My own notes", *LESSON.values()]


CELL = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}'


@pytest.mark.parametrize("text", ['{"cells": [', "", "[]", "{}", CELL, CELL.replace('[{"cell_type": "code"}]', "null")])
def test_a_broken_copy_is_set_aside(course, text):
    for n in (1, 2):
        course.copy.write_text(text)
        assert course.update() == [
            "mine/00_one.ipynb is no notebook any more. "
            f"It is kept as mine/00_one.unreadable-{n}.txt; you have a fresh copy."
        ]
        assert course.sources() == list(LESSON.values())
    assert [path.read_text() for path in sorted(course.copy.parent.glob("*.txt"))] == [text, text]


def test_a_lesson_that_is_gone_leaves_its_copy(course):
    course.lesson.unlink()
    assert course.update() == []
    assert course.sources() == list(LESSON.values())


def test_a_disk_that_is_full_leaves_the_copy_whole(course, monkeypatch):
    def half(path, data):
        path.write_text(data.decode()[:20])
        raise OSError(28, "No space left on device")

    before = course.copy.read_bytes()
    course.author(**LESSON | {"b": "1 + 10"})
    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(WorkshopError, match=r"notebooks/mine/: .*No space left on device"):
        course.update()
    monkeypatch.undo()
    assert course.copy.read_bytes() == before
    assert course.update() == [CHANGED]
    assert sorted(path.name for path in course.copy.parent.iterdir() if path.name != ".lock") == [
        "00_one.ipynb",
        "images",
        "workshop.py",
    ]


def git(kit, *command):
    return subprocess.run(["git", *command], cwd=kit, capture_output=True, text=True, check=True).stdout


def test_a_lesson_leaves_git_status_clean(kit, monkeypatch):
    """The lesson's program and its scratch copy are those of the kit, and what it writes is no change."""
    git(kit, "init", "--quiet")
    git(kit, "add", "--all")
    git(kit, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "--message=x")
    monkeypatch.delenv("WORKSHOP_SCRATCH")
    subprocess.run([sys.executable, "-m", "workshop.copies"], cwd=kit / "notebooks", check=True)
    mine = kit / "notebooks/mine"
    lesson = nbformat.read(mine / "02_online_status.ipynb", as_version=4)
    first = next(n for n, cell in enumerate(lesson.cells) if cell.cell_type == "code")
    lesson.cells = lesson.cells[: first + 1]
    NotebookClient(lesson, timeout=120, resources={"metadata": {"path": mine}}).execute()
    nbformat.write(lesson, mine / "02_online_status.ipynb")
    assert (mine / "scratch/02_online_status/manage.py").is_file()
    assert git(kit, "status", "--porcelain") == ""


def test_no_check_looks_at_the_copies(kit):
    """A learner's copy is neither run, nor compared, nor linted."""
    subprocess.run([sys.executable, "-m", "workshop.copies"], cwd=kit / "notebooks", check=True)
    (kit / "notebooks/mine/my_test.py").write_text("import os, sys\n")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--collect-only", "notebooks"]
    done = subprocess.run(command, cwd=kit, capture_output=True, text=True)
    assert "notebooks/02_online_status.ipynb::Cell 0" in done.stdout
    assert "mine/" not in done.stdout
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "notebooks"], cwd=kit, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_lesson_has_a_copy_that_differs_in_nothing_but_outputs(path, tmp_path):
    shutil.copytree(NOTEBOOKS / "images", tmp_path / "images")
    shutil.copy(path, tmp_path)
    copies.update(tmp_path)
    lesson, copy = (nbformat.read(each, as_version=4) for each in (path, tmp_path / "mine" / path.name))
    assert [(cell.id, copies.digest(cell)) for cell in copy.cells] == [(c.id, copies.digest(c)) for c in lesson.cells]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in copy.cells)
    del copy.metadata[copies.LESSON]
    assert copy.metadata == lesson.metadata
