"""JupyterLab itself, driven by a browser: open a lesson, Run All, and nothing is red but what should be."""

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
    """Run JupyterLab on a copy of the kit, as `make lab` does; yield its address."""
    environ = {k: v for k, v in os.environ.items() if k != "WORKSHOP_SCRATCH" and not k.startswith("PYTEST")}
    environ |= {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--ip=127.0.0.1",
        "--expose-app-in-browser",
    ]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    process = await asyncio.create_subprocess_exec(
        *command, cwd=kit / "notebooks", env=environ, stderr=subprocess.PIPE, start_new_session=True
    )
    log = ""
    while not (address := re.search(r"(http://127\.0\.0\.1:\d+/lab)\?token=(\w+)", log)):
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


async def run_all_twice(path, browser, address, token):
    """Open a lesson, and run it two times; it shows what is stored each time."""
    before = nbformat.read(path, as_version=4)
    number = len([cell for cell in before.cells if cell.cell_type == "code"])
    page = await (await browser.new_context(viewport={"width": 1280, "height": 900})).new_page()
    await page.goto(f"{address}/tree/{path.name}?token={token}")
    await ready(page)
    for round_ in (1, 2):
        await run_all(page, round_ * number)
        await save(page)
        after = nbformat.read(path, as_version=4)
        counts = [cell.execution_count for cell in after.cells if cell.cell_type == "code"]
        assert counts == list(range((round_ - 1) * number + 1, round_ * number + 1))
        assert [shown(cell) for cell in after.cells] == [shown(cell) for cell in before.cells]
    if folder := os.environ.get("WORKSHOP_SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/{path.stem}.png")


async def test_run_all_twice_in_two_lessons_at_once(kit, browser, tmp_path):
    lessons = [kit / "notebooks" / f"{name}.ipynb" for name in ("02_online_status", "00_start_here")]
    async with jupyterlab(kit, tmp_path) as lab, asyncio.TaskGroup() as both:
        for lesson in lessons:
            both.create_task(run_all_twice(lesson, browser, *lab))


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
