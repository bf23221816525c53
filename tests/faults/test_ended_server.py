"""A server that is asked to end, Daphne or uvicorn, closes its sockets for a return, and gives back what they held."""

import asyncio
import re
import signal
import subprocess
import sys

import pytest
import websockets

from server import frame_of
from workshop.scratch import PROJECT

UVICORN = ["-m", "uvicorn", "--host", "127.0.0.1", "--port", "0", "linkup.asgi:application"]


@pytest.fixture
def daphne(site):
    """Return its process, and its port."""
    return site.server.process, site.server.port


@pytest.fixture
def uvicorn(site):
    site.server.kill()
    with site.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *UVICORN],
            cwd=PROJECT,
            env=site.server.environ,
            stderr=subprocess.PIPE,
            stdout=log,
            text=True,
        )
    with process:
        while not (port := re.search(r"http://127\.0\.0\.1:(\d+)", line := process.stderr.readline())):
            assert line, site.log.read_text()
        yield process, int(port[1])
        process.kill()


# 4503 and 1012, service restart, both make a page come back.
@pytest.mark.parametrize(("name", "code"), [("daphne", 4503), ("uvicorn", 1012)])
async def test_a_server_that_is_asked_to_end(site, message, request, name, code):
    process, port = request.getfixturevalue(name)
    headers = {"Cookie": site.cookies["ana"], "Origin": f"http://127.0.0.1:{port}"}
    async with websockets.connect(f"ws://127.0.0.1:{port}/ws/chat/ben/", additional_headers=headers) as chat:
        await frame_of(chat, "presence")
        frame, client_id = message()
        await chat.send(frame)
        assert (await frame_of(chat, "message"))["message"]["client_id"] == client_id
        assert site.rows("SELECT count(*) FROM messaging_connection") == [(1,)]
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(chat.wait_closed(), 30)
        assert chat.close_code == code
    await asyncio.to_thread(process.wait, 30)
    assert "Traceback" not in site.log.read_text() + (process.stderr.read() if process.stderr else "")
    assert site.rows("SELECT count(*) FROM messaging_connection") == [(0,)]
    assert site.stored(client_id)
