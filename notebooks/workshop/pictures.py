"""The pictures of running chats, at the head of the README and in lesson 04: python -m workshop.pictures.

All are real: LinkUp with a bug, and LinkUp as it is shipped, in the system's Chromium.
"""

import asyncio
import base64
import os
import shutil
import sys
import tempfile
from html import escape

from playwright.async_api import Browser, async_playwright, expect

from .calls import Calls
from .lab import Lab
from .picture import BAD, GOOD
from .scratch import NOTEBOOKS
from .site import Site

BUG, FUNCTION = "02_online_status", "set_user_online_status"
IMAGES = NOTEBOOKS / "images"
NO_PAGE = "01_missing_updated_at"
STYLE = """
body { margin: 0; padding: 16px; width: 1044px; background: #ffffff; font: 600 17px system-ui, Arial, sans-serif; }
section { display: grid; grid-template-columns: 420px 600px; gap: 8px 24px; align-items: center; margin-bottom: 14px; }
h2 { grid-column: 1 / 3; margin: 0; padding: 5px 12px; color: white; font-size: 17px; border-radius: 4px; }
img { width: 100%; border: 1px solid #656d76; border-radius: 4px; box-sizing: border-box; }
"""


async def main() -> None:
    """Write the pictures. Exits when the machine has no Chromium."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not path:
        sys.exit("This needs Chromium or Chrome.")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses root with its sandbox
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["WORKSHOP_SCRATCH"] = scratch
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=options)
            await broken_and_repaired(browser)
            await incident(browser)
            await browser.close()


async def broken_and_repaired(browser: Browser) -> None:
    """Write the README's picture: a broken chat beside its lanes, and the same repaired."""
    lab = Lab(BUG)
    broken = await half(browser, await lab.serve(), "Broken: the database is asked on the event loop", BAD.fill)
    lab.fix()
    repaired = await half(browser, await lab.serve(), "Repaired: the same calls in a worker thread", GOOD.fill)
    await lab.close()
    page = await browser.new_page(viewport={"width": 1076, "height": 600}, device_scale_factor=1.25)
    await page.set_content(f"<style>{STYLE}</style>{broken}{repaired}")
    await page.screenshot(path=IMAGES / "broken_and_repaired.png", full_page=True)


async def incident(browser: Browser) -> None:
    """Write lesson 04's picture: the page that cannot be opened any more, beside one that was open before."""
    windows = []
    for bug, says in ((NO_PAGE, "has no attribute"), (BUG, "1011")):
        lab = Lab(bug)
        windows.append(image(await window(browser, await lab.serve(), says)))
        await lab.close()
    page = await browser.new_page(viewport={"width": 900, "height": 400}, device_scale_factor=1.25)
    await page.set_content(f"<style>{STYLE} body {{ width: 864px }} img {{ width: 420px }}</style>{' '.join(windows)}")
    await page.screenshot(path=IMAGES / "incident.png", full_page=True)


async def window(browser: Browser, site: Site, says: str) -> bytes:
    """Return what Ana sees when she opens her chat with Ben, as soon as the page says something."""
    context = await browser.new_context(viewport={"width": 420, "height": 360}, device_scale_factor=2)
    name, _, value = site.login("ana")["Cookie"].partition("=")
    await context.add_cookies([{"name": name, "value": value, "url": site.url}])
    page = await context.new_page()
    await page.goto(f"{site.url}chat/ben/")
    await expect(page.locator("#connection, .exception_value").first).to_contain_text(says, timeout=30_000)
    paths_of_this_machine = page.locator("table.meta, main#info")  # on the error page
    await paths_of_this_machine.evaluate_all("parts => parts.forEach(part => part.remove())")
    seen = await page.screenshot()
    await context.close()
    return seen


async def half(browser: Browser, site: Site, title: str, colour: str) -> str:
    """Return the chat as Ana sees it, beside the lanes of the calls that were made for her, as HTML."""
    seen = await window(browser, site, "1011" if colour == BAD.fill else "Connected")
    await site.quiet()
    events = [event for event in site.events("call") if event["where"]["function"] == FUNCTION]
    joining = [event for event in events if event["method"] == events[0]["method"]]  # and not the calls of leaving
    lanes = base64.b64encode(Calls(joining).svg().encode()).decode()
    return (
        f'<section><h2 style="background: {colour}">{escape(title)}</h2>{image(seen)}'
        f'<img style="border: 0" src="data:image/svg+xml;base64,{lanes}"></section>'
    )


def image(png: bytes) -> str:
    """Return a screenshot as HTML."""
    return f'<img src="data:image/png;base64,{base64.b64encode(png).decode()}">'


if __name__ == "__main__":
    asyncio.run(main())
