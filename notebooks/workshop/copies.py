"""The learner's own copies of the lessons, without outputs, in notebooks/mine/: python -m workshop.copies."""

import hashlib
import json
import os
import shutil
import sys
from itertools import count
from pathlib import Path
from uuid import uuid4

import nbformat
from filelock import FileLock
from nbformat import NotebookNode

from .errors import WorkshopError
from .scratch import NOTEBOOKS

# In a copy's metadata: the id and the digest of each cell of the lesson as the learner got it last, in order.
LESSON = "workshop_lesson"
DOOR = Path(__file__).with_name("scaffold") / "mine.py"
NOTE = "**The lesson changed here.** Above is what you wrote, below the lesson as it is now. You may delete this note."


def update(lessons: Path = NOTEBOOKS) -> list[str]:
    """Bring each lesson's changes to its copy, and return what to tell the learner. Raises WorkshopError."""
    mine = lessons / "mine"
    says = [] if mine.is_dir() else ["Your own copies of the lessons are in notebooks/mine/."]
    try:
        shutil.copytree(lessons / "images", mine / "images", dirs_exist_ok=True)
        with FileLock(mine / ".lock"):
            write(mine / "workshop.py", DOOR.read_text(encoding="utf-8"))
            for page in lessons.glob("*.md"):
                write(mine / page.name, page.read_text(encoding="utf-8"))
            for path in sorted(lessons.glob("*.ipynb")):
                says += update_copy(path, mine / path.name)
    except (OSError, shutil.Error) as error:
        raise WorkshopError(f"The copies of the lessons could not be written to notebooks/mine/: {error}") from error
    return says


def update_copy(path: Path, copy: Path) -> list[str]:
    """Bring one lesson's changes to its copy; a copy that is no notebook is set aside, never overwritten."""
    lesson = nbformat.read(path, as_version=4)
    says = []
    learners = nbformat.v4.new_notebook()
    if copy.exists():
        try:
            learners = read_copy(copy)
        except (ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError):
            names = (copy.with_name(f"{copy.stem}.unreadable-{n}.txt") for n in count(1))
            kept = next(name for name in names if not name.exists())
            copy.rename(kept)
            says.append(
                f"mine/{copy.name} is no notebook any more. It is kept as mine/{kept.name}; you have a fresh copy."
            )
        else:
            if learners.metadata.get(LESSON) == state(lesson):
                return []
            says.append(f"Lesson {path.stem} has changed, and so has your copy. What you wrote is still there.")
    write(copy, nbformat.writes(merged(lesson, learners)) + "\n")
    return says


def read_copy(path: Path) -> NotebookNode:
    """Return a copy, whatever program saved it. Raises what nbformat raises for a file that is no notebook."""
    notebook = nbformat.v4.upgrade(nbformat.read(path, as_version=4))  # an older format has no ids
    nbformat.validate(notebook)
    dict(notebook.metadata.get(LESSON, []))
    return notebook


def merged(lesson: NotebookNode, copy: NotebookNode) -> NotebookNode:
    """Return the lesson as it is now, with all that the learner wrote, and the outputs of what did not change."""
    before = dict(copy.metadata.get(LESSON, []))
    now = dict(state(lesson))
    theirs = {cell.id: cell for cell in copy.cells}
    added: dict[str | None, list[NotebookNode]] = {}  # the learner's cells, by the lesson's cell that they stand behind
    place = None
    for cell in copy.cells:
        if cell.id in now:
            place = cell.id
        elif digest(cell) != before.get(cell.id):  # else one that the lesson has no more
            added.setdefault(place, []).append(cell)
    cells = added.get(None, [])
    for cell in lesson.cells:
        own = theirs.get(cell.id)
        lesson_changed = before.get(cell.id) != now[cell.id]
        if own is None:  # it is new, or the learner removed it
            cells += [emptied(cell)] if lesson_changed else []
        elif not lesson_changed or digest(own) == now[cell.id]:
            cells.append(own)
        elif digest(own) == before.get(cell.id):
            cells.append(emptied(cell))
        else:  # the id stays with the lesson's cell, for its next change
            own.id = uuid4().hex[:8]
            cells += [own, nbformat.v4.new_markdown_cell(NOTE), emptied(cell)]
        cells += added.get(cell.id, [])
    metadata = {**lesson.metadata, **copy.metadata, "workshop": lesson.metadata["workshop"], LESSON: state(lesson)}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def state(lesson: NotebookNode) -> list[list[str]]:
    """Return id and digest of each cell, in order: a difference is a change of the lesson."""
    return [[cell.id, digest(cell)] for cell in lesson.cells]


def digest(cell: NotebookNode) -> str:
    """Return a short text that stands for what an author, or a learner, writes in a cell."""
    written = [cell.cell_type, cell.source, cell.metadata.get("tags", []), cell.get("attachments", {})]
    return hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()[:12]


def emptied(cell: NotebookNode) -> NotebookNode:
    """Return the cell as it is before anybody runs it."""
    return NotebookNode(cell, outputs=[], execution_count=None) if cell.cell_type == "code" else cell


def write(path: Path, text: str) -> None:
    """Write a whole file or nothing; one that holds the text already is left alone."""
    if path.exists() and path.read_bytes() == text.encode():
        return
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(text.encode())
    os.replace(draft, path)


if __name__ == "__main__":
    try:
        for line in update():
            print(line)
    except WorkshopError as error:
        sys.exit(str(error))
