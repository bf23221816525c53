"""A program that somebody waits for ends with the wait: a check that gives up leaves nothing running."""

import asyncio
import os
import sys

import pytest

from workshop.process import finished


async def test_a_program_ends_with_the_wait_for_it(tmp_path):
    os.mkfifo(tmp_path / "pid")
    code = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
    waiting = asyncio.create_task(finished(sys.executable, "-c", code, str(tmp_path / "pid")))
    pid = int(await asyncio.to_thread((tmp_path / "pid").read_text))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_what_a_program_says(tmp_path):
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    assert await finished(sys.executable, "-c", code) == (3, "out", "err\n")
