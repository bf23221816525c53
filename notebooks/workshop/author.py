"""What an author of bugs and lessons runs: python -m workshop.author new-bug | new-lesson | patch NAME."""

import re
import subprocess
import sys
from pathlib import Path

from .bug import BUGS, Bug
from .errors import WorkshopError
from .git import git
from .scratch import NOTEBOOKS, PROJECT, Scratch, scratch_folder
from .trees import apply, read_tree

SCAFFOLD = Path(__file__).with_name("scaffold")
NAME = re.compile(r"\d\d_[a-z0-9_]+")


def main(arguments: list[str]) -> None:
    """Run one command. Exits with a sentence that says what to do when it cannot."""
    commands = {"new-bug": new_bug, "new-lesson": new_lesson, "patch": patch}
    match arguments:
        case [command, name] if command in commands:
            try:
                print(commands[command](name))
            except WorkshopError as error:
                sys.exit(str(error))
        case [command] if command in commands:
            example = "06_lazy_relation/bug" if command == "patch" else "06_lazy_relation"
            sys.exit(f"Say which: make {command} NAME={example}")
        case _:
            sys.exit(__doc__)


def new_bug(name: str) -> str:
    """Make a bug's folder, and return what to do next. Raises WorkshopError for a name that is taken or is none."""
    home = BUGS / _checked(name)
    if home.exists():
        raise WorkshopError(f"demo_project/bugs/{name}/ exists already, and nothing in it was changed.")
    home.mkdir()
    for file in ("bug.toml", "reproduce.py", "control.py"):
        text = (SCAFFOLD / file).read_text(encoding="utf-8")
        (home / file).write_text(text.replace("@NAME@", name), encoding="utf-8")
    return f"Made demo_project/bugs/{name}/. Fill in bug.toml, then: make patch NAME={name}/bug"


def new_lesson(name: str) -> str:
    """Make a notebook in the frame of all lessons, and return what to do next. Raises WorkshopError."""
    path = NOTEBOOKS / f"{_checked(name)}.ipynb"
    if path.exists():
        raise WorkshopError(f"notebooks/{path.name} exists already, and nothing in it was changed.")
    if not (BUGS / name / "bug.toml").is_file():
        raise WorkshopError(f"There is no bug {name} for this lesson. Make it first: make new-bug NAME={name}")
    import nbformat  # takes a second, which the other commands need not wait

    from .execute import normalise

    text = (SCAFFOLD / "lesson.md").read_text(encoding="utf-8")
    text = text.replace("@NAME@", name).replace("@ID@", name[:2])
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["workshop"] = {
        "id": name[:2],
        "title": "TODO: title",
        "minutes": 30,
        "prerequisites": ["00"],
        "exception": "SynchronousOnlyOperation",
        "bugs": [name],
        "django": ["5.2", "6.1"],
        "symptoms": ["TODO: what a reader sees, and looks for in the README"],
    }
    for kind, source in re.findall(r"^%% (\w+)\n(.*?)\n(?=%%|\Z)", text, re.M | re.S):
        new = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        notebook.cells.append(new(source))
    normalise(notebook)
    nbformat.write(notebook, path)
    return f"Made notebooks/{path.name}. Fill in its text and its metadata, then: make notebooks NAME={name}"


def patch(edit: str) -> str:
    """Give the author a copy to edit, or store what was edited there; return what to do next. Raises WorkshopError."""
    name, _slash, stem = edit.partition("/")
    bug = Bug.load(name, complete=False)
    file = bug.home / f"{stem}.patch"
    if file not in bug.patches:
        known = ", ".join(each.stem for each in bug.patches)
        raise WorkshopError(f"bug.toml of {name} names no patch {stem!r}. It names: {known}")
    prior = [bug.patch] if stem in [step.name for step in bug.steps] else []
    if prior and not bug.patch.is_file():
        raise WorkshopError(f"A step stands on the bug itself. First: make patch NAME={name}/bug")
    root = scratch_folder() / f"author-{name}-{stem}"
    shown = f"{root.parent.name}/{root.name}"
    if not root.exists():
        _copy_to_edit(root.name, prior, file)
        return f"Edit the copy of LinkUp in {shown}/, and run this again."
    text = _difference(root, shown)
    before = file.read_bytes() if file.is_file() else None
    file.write_text(text, encoding="utf-8")
    try:
        tree = read_tree(PROJECT)
        for each in [*prior, file]:
            tree = apply(tree, each)
    except subprocess.CalledProcessError as error:
        file.unlink() if before is None else file.write_bytes(before)
        raise WorkshopError(
            f"LinkUp has changed since {shown}/ was made. Delete that folder and start again."
        ) from error
    return (
        f"Wrote demo_project/bugs/{name}/{file.name}. Look at it, then: make test ARGS='tests/test_bugs.py -k {name}'"
    )


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise WorkshopError(f"{name!r} is no name of a bug or lesson. One is two digits and words: 06_lazy_relation")
    return name


def _copy_to_edit(name: str, prior: list[Path], file: Path) -> None:
    copy = Scratch(name)
    try:
        copy.apply(*prior)
        copy.commit("before")
        copy.git("tag", "before")
        if file.is_file():
            copy.apply(file)  # the patch as it is, to be changed
    finally:
        copy.close()


def _difference(root: Path, shown: str) -> str:
    git("add", "--intent-to-add", ".", cwd=root)
    text = git("diff", "--no-renames", "before", cwd=root)
    if not text:
        raise WorkshopError(f"Nothing was edited in {shown}/, and a patch that touches nothing is none.")
    others = [path for path in git("diff", "--name-only", "before", cwd=root).splitlines() if not path.endswith(".py")]
    if others:
        raise WorkshopError(
            f"A bug changes Python files alone, and not {', '.join(others)}. Take that back in {shown}/."
        )
    return text


if __name__ == "__main__":
    main(sys.argv[1:])
