"""Run the lessons and store their outputs, free of what differs from machine to machine: python -m workshop.execute."""

import os
import re
import sys
import tempfile

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from .scratch import NOTEBOOKS


def main(names: list[str]) -> None:
    """Run the lessons of these names, or all. Exits with the cell that is red and should not be."""
    paths = [NOTEBOOKS / f"{name}.ipynb" for name in names] or sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in paths:
        if not path.is_file():
            sys.exit(f"There is no notebooks/{path.name}. Make one: make new-lesson NAME={path.stem}")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["WORKSHOP_SCRATCH"] = scratch
        for path in paths:
            notebook = nbformat.read(path, as_version=4)
            here = {"metadata": {"path": NOTEBOOKS}}
            client = NotebookClient(notebook, timeout=180, record_timing=False, coalesce_streams=True, resources=here)
            try:
                client.execute()
            except CellExecutionError as error:
                sys.exit(f"notebooks/{path.name} is left as it was. {error}")
            normalise(notebook)
            draft = path.with_suffix(".draft")
            nbformat.write(notebook, draft)
            draft.replace(path)
            print(path.name)


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Drop versions and paths of this machine."""
    notebook.metadata["kernelspec"] = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = [relative(line) for line in output.traceback]


def relative(text: str) -> str:
    """Return a traceback's text with paths that start at site-packages or at the standard library."""
    for folder in ("site-packages", r"lib/python3\.\d+"):
        text = re.sub(rf"(\x1b\[[\d;]*m)?[^\s\x1b\"']*/{folder}/", r"\1", text)
    return text


if __name__ == "__main__":
    main(sys.argv[1:])
