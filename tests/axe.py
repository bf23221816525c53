"""What axe, the checker of accessibility, finds in a page; it takes no notice of what a page loads from elsewhere."""

from axe_playwright_python.async_playwright import Axe


async def violations(page, inside=None):
    """Return a line for each violation, in the whole page or inside the elements of a selector."""
    found = await Axe().run(page, context={"include": [[inside]]} if inside else None)
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
