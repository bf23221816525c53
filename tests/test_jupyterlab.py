"""`make lab`, driven by a browser: open a copy without outputs, Run All, and nothing is red but what should be."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import asynccontextmanager

import nbformat
import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's
LIMIT = 120_000  # milliseconds, for a machine that is busy with other tests


@asynccontextmanager
async def jupyterlab(kit, home):
    """Run `make lab` in a copy of the kit; yield the address."""
    environ = {k: v for k, v in os.environ.items() if k != "WORKSHOP_SCRATCH" and not k.startswith("PYTEST")}
    environ |= {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    settings = {"ServerApp": {"open_browser": False}, "LabApp": {"expose_app_in_browser": True}}
    (home / "config").mkdir()
    (home / "config/jupyter_lab_config.json").write_text(json.dumps(settings))
    (kit / ".venv").symlink_to(sys.prefix)
    # The environment stays as it is: make must not look at its age, and could not make it anew without a Python.
    command = ["make", "--assume-old=.venv/installed", "PYTHON=false", "lab"]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=kit, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    log = ""
    while not (address := re.search(r"(http://127\.0\.0\.1:\d+/lab)/tree/00_start_here\.ipynb\?token=(\w+)", log)):
        line = await process.stderr.readline()
        assert line, log
        log += line.decode()
    rest = asyncio.create_task(process.stderr.read())  # a full pipe would stop the server
    try:
        yield address.groups()
    finally:
        # Killed at once: asked to end, JupyterLab 4.6 may wait for a worker thread for ever. Its kernels notice.
        os.killpg(process.pid, signal.SIGKILL)
        await asyncio.gather(process.wait(), rest)


async def ready(page, last=None):
    """Wait until the kernel is idle and the last cell has a number; any before the first run."""
    is_ready = """last => {
        const panel = window.jupyterapp?.shell.currentWidget;
        const cells = panel?.content?.widgets?.filter(cell => cell.model.type === "code") ?? [];
        const idle = panel?.sessionContext?.session?.kernel?.status === "idle";
        return idle && (last === null || cells.at(-1).model.executionCount === last);
    }"""
    await page.wait_for_function(is_ready, arg=last, timeout=LIMIT)


async def run_all(page, last):
    """Run All from the menu, and wait for its end."""
    await page.get_by_role("menuitem", name="Run", exact=True).click()
    await page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    await ready(page, last)


async def save(page):
    """Save with the keyboard, and wait until it is done."""
    await page.keyboard.press("Control+s")
    await page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty", timeout=LIMIT)


async def open_lesson(path, browser, address, token):
    """Open the copy of a lesson as a user does, and return the page."""
    page = await (await browser.new_context(viewport={"width": 1280, "height": 900})).new_page()
    await page.goto(f"{address}/tree/{path.name}?token={token}")
    await ready(page)
    return page


async def run_all_twice(path, browser, lab):
    """Open a copy, which shows no answer, and run it two times; it shows what is stored in the lesson each time."""
    before = nbformat.read(path.parent.parent / path.name, as_version=4)
    number = len([cell for cell in before.cells if cell.cell_type == "code"])
    page = await open_lesson(path, browser, *lab)
    outputs = "jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.sharedModel.outputs?.length ?? 0)"
    assert set(await page.evaluate(outputs)) == {0}
    assert await page.locator(".jp-OutputArea-output").count() == 0
    for round_ in (1, 2):
        await run_all(page, round_ * number)
        await save(page)
        after = nbformat.read(path, as_version=4)
        counts = [cell.execution_count for cell in after.cells if cell.cell_type == "code"]
        assert counts == list(range((round_ - 1) * number + 1, round_ * number + 1))
        assert [shown(cell) for cell in after.cells] == [shown(cell) for cell in before.cells]
    if folder := os.environ.get("WORKSHOP_SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/{path.stem}.png")


async def look_and_follow_a_link(path, browser, lab):
    """Look at a copy's picture, and go to another copy."""
    page = await open_lesson(path, browser, *lab)
    # JupyterLab puts cells into the page when they come into view.
    picture = """() => {
        const {content} = window.jupyterapp.shell.currentWidget;
        content.scrollToItem(content.widgets.findIndex(cell => cell.model.sharedModel.source.includes("](images/")));
        return content.node.querySelector(".jp-MarkdownOutput img")?.naturalWidth > 0;
    }"""
    await page.wait_for_function(picture, timeout=LIMIT)
    await page.evaluate("void jupyterapp.shell.currentWidget.content.scrollToItem(0)")
    await page.locator('.jp-MarkdownOutput a[href*="01_missing_field.ipynb"]').first.click(timeout=LIMIT)
    opened = "jupyterapp.shell.currentWidget.context?.path === '01_missing_field.ipynb'"
    await page.wait_for_function(opened, timeout=LIMIT)
    await ready(page)
    assert await page.locator(".jp-OutputArea-output").count() == 0


async def test_the_copies_of_lessons_in_three_pages_at_once(kit, browser, tmp_path):
    mine = kit / "notebooks/mine"
    async with jupyterlab(kit, tmp_path) as lab, asyncio.TaskGroup() as all_three:
        all_three.create_task(run_all_twice(mine / "02_online_status.ipynb", browser, lab))
        all_three.create_task(run_all_twice(mine / "00_start_here.ipynb", browser, lab))
        all_three.create_task(look_and_follow_a_link(mine / "04_whole_incident.ipynb", browser, lab))


def shown(cell):
    """Return what a cell shows as text, without the addresses of a traceback."""
    texts = []
    for output in cell.get("outputs", []):
        match output.output_type:
            case "stream":
                texts.append(output.text)
            case "error":
                texts.append(f"{output.ename}: {output.evalue}")
            case _:
                texts.append(json.dumps(output.data, sort_keys=True))
    return "".join(texts)
