"""A program that somebody waits for; it ends with the wait."""

import asyncio
import subprocess
from typing import Any


async def finished(*command: str, **options: Any) -> tuple[int, str, str]:
    """Run a program to its end; return exit code, output and errors. It is killed when the wait is cancelled."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = await asyncio.create_subprocess_exec(*command, **pipes | options)
    try:
        out, err = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.communicate()
        raise
    return process.returncode or 0, out.decode().strip(), (err or b"").decode()
