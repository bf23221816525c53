"""A lesson that was broken off: the kernel dies half-way, a file was edited, and Run All follows."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from workshop.scratch import NOTEBOOKS

BUG = "02_online_status"


def client(lesson):
    return NotebookClient(lesson, timeout=120, coalesce_streams=True, resources={"metadata": {"path": NOTEBOOKS}})


def shown(cell):
    return [(output.get("text"), output.get("data")) for output in cell.get("outputs", [])]


def test_run_all_after_a_killed_kernel(scratch):
    stored = nbformat.read(NOTEBOOKS / f"{BUG}.ipynb", as_version=4)
    lesson = nbformat.from_dict(stored)
    half = nbformat.from_dict(stored)
    served = next(n for n, cell in enumerate(half.cells) if "await lab.serve()" in cell.source)
    half.cells = half.cells[: served + 1]  # its server is running when the kernel dies
    half.cells.append(nbformat.v4.new_code_cell("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"))
    with pytest.raises(DeadKernelError):
        client(half).execute()
    edited = scratch / BUG / "messaging/async_handlers.py"
    edited.write_text("# an idea of mine\n")

    client(lesson).execute()
    first = next(cell for cell in lesson.cells if cell.cell_type == "code")
    note, source = first.outputs
    assert (
        note.text
        == f"The copy starts afresh. Your version of messaging/async_handlers.py is in {scratch.name}/kept/{BUG}/1/\n"
    )
    first.outputs = [source]
    assert [shown(cell) for cell in lesson.cells] == [shown(cell) for cell in stored.cells]
    assert (scratch / "kept" / BUG / "1/messaging/async_handlers.py").read_text() == "# an idea of mine\n"
