"""uvicorn serves LinkUp as Daphne does, and when it is asked to end, it gives back what its sockets held."""

import asyncio
import re
import signal
import subprocess
import sys

import websockets

from server import frame_of
from workshop.scratch import PROJECT

COMMAND = ["-m", "uvicorn", "--host", "127.0.0.1", "--port", "0", "linkup.asgi:application"]


async def started(environ):
    """Start a server; return its process and port, and read on what it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *COMMAND, cwd=PROJECT, env=environ, stderr=subprocess.STDOUT, stdout=subprocess.PIPE
    )
    said = ""
    while not (port := re.search(r"http://127\.0\.0\.1:(\d+)", said)):
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        assert line, said
        said += line.decode()
    return process, int(port[1]), asyncio.create_task(process.stdout.read())


async def test_a_server_that_is_asked_to_end(site, message):
    site.server.kill()
    process, port, rest = await started(site.server.environ)
    headers = {"Cookie": site.cookies["ana"], "Origin": f"http://127.0.0.1:{port}"}
    async with websockets.connect(f"ws://127.0.0.1:{port}/ws/chat/ben/", additional_headers=headers) as chat:
        await frame_of(chat, "presence")
        frame, client_id = message()
        await chat.send(frame)
        assert (await frame_of(chat, "message"))["message"]["client_id"] == client_id
        assert site.rows("SELECT count(*) FROM messaging_connection") == [(1,)]
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(chat.wait_closed(), 30)
        assert chat.close_code == 1012  # service restart: the page comes back
    await asyncio.wait_for(process.wait(), 30)
    assert "Traceback" not in (await rest).decode()
    assert site.rows("SELECT count(*) FROM messaging_connection") == [(0,)]
    assert site.stored(client_id)
