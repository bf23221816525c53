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
from playwright.async_api import expect

LIMIT = 120_000  # milliseconds, for a machine that is busy with other tests


@asynccontextmanager
async def jupyterlab(kit, home):
    """Run JupyterLab on a copy of the kit, as `make lab` does; yield its address."""
    environ = {k: v for k, v in os.environ.items() if k != "WORKSHOP_SCRATCH" and not k.startswith("PYTEST")}
    environ |= {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--LabApp.news_url="]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    process = subprocess.Popen(
        command, cwd=kit / "notebooks", env=environ, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        log = ""
        while not (address := re.search(r"(http://127\.0\.0\.1:\d+/lab)\?token=(\w+)", log)):
            line = await asyncio.to_thread(process.stderr.readline)
            assert line, log
            log += line
        reader = asyncio.create_task(asyncio.to_thread(process.stderr.read))  # a full pipe would stop the server
        yield address.groups()
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 30)
        await reader
        process.stderr.close()


async def run_all(page):
    """Run All from the menu, wait until the last cell has run, and save."""
    await page.get_by_role("menuitem", name="Run", exact=True).click()
    await page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    await expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
        "data-status", "idle", timeout=LIMIT
    )


async def save(page):
    await page.keyboard.press("Control+s")
    await expect(page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty")).to_have_count(0)


@pytest.mark.parametrize("lesson", ["02_online_status", "00_start_here"])
async def test_run_all_twice(lesson, kit, browser, tmp_path):
    path = kit / "notebooks" / f"{lesson}.ipynb"
    before = nbformat.read(path, as_version=4)
    async with jupyterlab(kit, tmp_path) as (address, token):
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        await page.goto(f"{address}/tree/{path.name}?token={token}")
        await page.get_by_role("menuitem", name="Run", exact=True).wait_for(timeout=LIMIT)
        await expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
            "data-status", "idle", timeout=LIMIT
        )
        for round_ in (1, 2):
            await run_all(page)
            await save(page)
            after = nbformat.read(path, as_version=4)
            number = len([cell for cell in after.cells if cell.cell_type == "code"])
            counts = [cell.execution_count for cell in after.cells if cell.cell_type == "code"]
            assert counts == list(range((round_ - 1) * number + 1, round_ * number + 1))
            assert [shown(cell) for cell in after.cells] == [shown(cell) for cell in before.cells]
        if folder := os.environ.get("WORKSHOP_SCREENSHOTS"):
            await page.screenshot(path=f"{folder}/{lesson}.png")
        await context.close()


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
