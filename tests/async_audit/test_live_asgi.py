"""`watch(application)` in LinkUp's asgi.py: a real server, a bug's patch, a real WebSocket message."""

import json
import shutil
import signal
import subprocess
from uuid import uuid4

import pytest

import server
from server import PROGRAM, Site, frame_of
from workshop.scratch import BESIDE, NOT_SOURCE, PROJECT

UVICORN = """
import sys, uvicorn
class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets=sockets)
        print("ready", flush=True)
options = {"port": int(sys.argv[1]), "log_level": "critical", "lifespan": "off", "loop": "asyncio"}
try:
    Server(uvicorn.Config("linkup.asgi:application", **options)).run()
except KeyboardInterrupt:
    pass
"""
WATCH = "\nfrom async_audit.live.asgi import watch\n\napplication = watch(application)\n"
BUG = PROJECT / "bugs" / "02_online_status"
SEES = "status, _created = UserStatus.objects.select_for_update().get_or_create(user_id=user_id)"


@pytest.fixture
def linkup(tmp_path, monkeypatch):
    """A copy of LinkUp that servers run, with its ASGI application watched."""
    copy = shutil.copytree(PROJECT, tmp_path / "linkup", ignore=shutil.ignore_patterns(*BESIDE, *NOT_SOURCE))
    with (copy / "linkup/asgi.py").open("a") as asgi:
        asgi.write(WATCH)
    monkeypatch.setattr(server, "PROJECT", copy)
    return copy


async def talk(site):
    """Send Ben a message, wait until Ana is told that it is stored, and end the server; return its log."""
    async with site.chat("ana", "ben") as chat:
        await frame_of(chat, "presence")
        await chat.send(json.dumps({"type": "message", "client_id": str(uuid4()), "content": "Hello"}))
        await frame_of(chat, "message")
    site.server.process.send_signal(signal.SIGINT)
    site.server.process.communicate(timeout=30)
    return site.log.read_text()


@pytest.mark.parametrize("program", [PROGRAM, UVICORN], ids=["daphne", "uvicorn"])
async def test_a_query_that_the_flag_hides(linkup, tmp_path, pytestconfig, monkeypatch, program):
    for patch in ("bug.patch", "2_guard_switched_off.patch"):
        subprocess.run(["git", "apply", BUG / patch], cwd=linkup, check=True)
    monkeypatch.setattr(server, "PROGRAM", program)
    log = await talk(Site(tmp_path, pytestconfig))
    lines = (linkup / "messaging/async_handlers.py").read_text().splitlines()
    at = next(n for n, line in enumerate(lines, 1) if SEES in line)
    found = f"messaging/async_handlers.py:{at}: DAS001 asks the database on the event loop: {SEES}"
    assert f" WARNING async_audit.live {found}\n" in log, "while it runs"
    assert f"\nmessaging/async_handlers.py:{at}:1: DAS001 " in log, "at its end"
    assert "places in this run. More: --explain DAS" in log


async def test_linkup_as_it_is(linkup, tmp_path, pytestconfig):
    assert "WARNING async_audit.live All that was found:\nNothing found in this run.\n" in await talk(
        Site(tmp_path, pytestconfig)
    )
