"""The server process: it starts or says why, it hides nothing, and it never outlives its kernel."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
import websockets

from workshop import Lab, ServerDidNotStart, WorkshopError, server_process
from workshop.client import ask, open_chat


@pytest.fixture
async def lab(scratch):
    lab = Lab()
    yield lab
    await lab.close()


async def test_it_listens_on_this_machine_only(lab):
    async with await lab.serve() as site:
        socket.create_connection(("127.0.0.1", site._port)).close()
        with pytest.raises(OSError, match=r"refused|assign|unreachable"):
            socket.create_connection(("127.0.0.2", site._port))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def find_user(:\n", r"messaging/async_handlers.py:1: SyntaxError: "),
        (
            "import nothing_of_that_name\n",
            r"messaging/async_handlers.py:1: ModuleNotFoundError: .*nothing_of_that_name",
        ),
        ("x = 1\n", r"messaging/consumers.py:\d+: ImportError: cannot import name"),
        ("raise SystemExit('stopped')\n", "stopped"),
    ],
)
async def test_a_program_that_does_not_start_names_the_line(lab, text, says):
    (lab.root / "messaging/async_handlers.py").write_text(text)
    with pytest.raises(ServerDidNotStart, match=says):
        await lab.serve()


async def test_an_error_and_a_print_are_both_seen(lab):
    path = lab.root / "messaging/async_handlers.py"
    path.write_text(path.read_text() + "\nprint('loaded')\n\n\ndef boom(username):\n    raise ValueError('no')\n")
    path.write_text(path.read_text().replace("find_user(username: str)", "find_user_then(username: str)"))
    path.write_text(path.read_text() + "\n\nasync def find_user(username):\n    return boom(username)\n")
    async with await lab.serve() as site:
        async with websockets.connect(site.ws("/ws/chat/ben/"), additional_headers=site.login("ana")) as chat:
            await chat.wait_closed()
        failure = await site.failure()
        assert [row[0] for row in failure.rows()] == ["async function", "raised by"]
        assert (failure.wrap["function"], failure.line["function"]) == ("find_user", "boom")
        assert "Traceback" in failure.full
        assert "loaded" in site.log


async def test_each_database_call_is_reported_with_its_place(lab):
    async with await lab.serve() as site:
        async with websockets.connect(site.ws("/ws/chat/ben/"), additional_headers=site.login("ana")) as chat:
            await chat.recv()
        rows = (await site.calls("set_user_online_status")).rows
        (found,) = (await site.calls("find_user")).rows
    come = [
        "UserStatus.objects.select_for_update().get_or_create(…)",
        "status.connections.filter(…).delete()",
        "status.connections.create(…)",
        "status.connections.exists()",
        "status.save()",
    ]
    go = [call for call in come if "create(…)" not in call.partition(".connections")[2]]
    expected = [("connect", call) for call in come] + [("leave", call) for call in go]
    assert [(row[0], row[2]) for row in rows] == expected
    assert {row[3:] for row in rows} == {("worker", "no", "ok")}
    assert found[2] == "get_user_model().objects.filter(…).first()"


async def test_work_in_a_pool_is_shown_and_what_it_leaves_open_is_counted(lab):
    path = lab.root / "messaging/async_handlers.py"
    text = path.read_text().replace("@database_sync_to_async\ndef find_user(", "def look_up(")
    twin = "async def find_user(username):\n    return await asyncio.to_thread(look_up, username)\n"
    path.write_text(f"import asyncio\n{text}\n\n{twin}")
    async with await lab.serve() as site:
        assert await site.open_connections() == 0
        to_ben = websockets.connect(site.ws("/ws/chat/ben/"), additional_headers=site.login("ana"))
        async with site.timeline("look_up") as line, to_ben as chat:
            await chat.recv()
        (row,) = (await site.calls("look_up")).rows
        assert await site.open_connections() == 1
    assert (row[0], row[3:]) == ("connect", ("worker", "no", "ok"))
    assert [span.label for span in line.spans] == ["asyncio.to_thread(look_up, username)"]


async def test_a_plain_view_awaits_nothing_and_django_awaits_it(lab):
    async with await lab.serve() as site:
        await asyncio.to_thread(ask, site, "ana", "/chat/ben/")
        async with open_chat(site, "ana", "ben"):
            pass
        assert ">Django: await chat<" in (await site.calls("chat")).svg()
        assert ">connect: await<" in (await site.calls("set_user_online_status")).svg()


async def test_serving_again_replaces_the_server_and_its_database(lab):
    first = await lab.serve()
    count = "SELECT count(*) FROM messaging_userstatus WHERE is_online"
    async with websockets.connect(first.ws("/ws/chat/ben/"), additional_headers=first.login("ana")) as chat:
        await chat.recv()
        assert first.rows(count) == [(1,)]
    second = await lab.serve()
    with pytest.raises(ProcessLookupError):
        os.kill(first._server.pid, 0)
    assert second.rows(count) == [(0,)]


async def test_close_codes_reach_a_client_of_the_real_server(lab):
    """Daphne refuses codes that are not of type int itself, which no test without it would notice."""
    async with await lab.serve() as site:
        visitor = {"Origin": site.login("ana")["Origin"]}
        for peer, headers, code in [("ben", visitor, 4401), ("nobody", site.login("ana"), 4404)]:
            async with websockets.connect(site.ws(f"/ws/chat/{peer}/"), additional_headers=headers) as chat:
                await chat.wait_closed()
            assert chat.close_code == code
        assert await site.failure() is None


async def test_sessions_last_longer_than_a_course(lab):
    async with await lab.serve() as site:
        assert site.rows("SELECT min(expire_date) > datetime('now', '+5 years') FROM django_session") == [(1,)]


async def test_a_learners_edit_does_not_get_into_the_seeded_database(lab):
    path = lab.root / "messaging/message_persistence_manager.py"
    path.write_text(path.read_text().replace('{"content": content}', '{"content": "edited"}'))
    async with await lab.serve() as site:
        assert site.rows("SELECT count(*) FROM messaging_message WHERE content = 'edited'") == [(0,)]


async def test_a_client_that_vanishes_is_no_failure(lab):
    async with await lab.serve() as site:
        chat = await websockets.connect(site.ws("/ws/chat/ben/"), additional_headers=site.login("ana"))
        await chat.recv()
        chat.transport.abort()
        assert await site.failure() is None


async def test_a_stopped_server_is_not_mistaken_for_a_running_one(lab):
    site = await lab.serve()
    with pytest.raises(WorkshopError, match="There are: ana, ben, chloe"):
        site.login("zoe")
    (lab.root / "messaging/async_handlers.py").write_text("(")
    with pytest.raises(ServerDidNotStart):
        await lab.serve()
    for use in (lambda: site.ws("/"), lambda: asyncio.run(site.failure()), lambda: asyncio.run(site.calls("x"))):
        with pytest.raises(WorkshopError, match="Start one: site ="):
            await asyncio.to_thread(use)


async def test_a_control_that_fails_says_so_in_a_line(lab):
    async with await lab.serve() as site:
        (lab.root / "control.py").write_text("1 / 0\n")
        with pytest.raises(WorkshopError, match=r"^control.py failed: ZeroDivisionError: division by zero$"):
            await site.run("control.py")


async def test_tests_are_run_and_a_line_says_what_became_of_each(lab):
    (lab.root / "tests_of_users.py").write_text("""
import pytest
from django.contrib.auth import get_user_model

def test_nobody_is_there_yet(db):
    assert not get_user_model().objects.count()

async def test_on_a_loop(transactional_db):
    get_user_model().objects.count()

def test_without_a_database():
    get_user_model().objects.count()

@pytest.fixture
def broken():
    raise ValueError("of the fixture")

def test_fixture(broken):
    pass
""")
    (lab.root / "no_tests.py").write_text("def test_nothing(:\n")
    async with await lab.serve() as site:
        lines = (await site.test("tests_of_users.py")).splitlines()
        assert [line.partition(". ")[0][:70] for line in sorted(lines)] == [
            "test_fixture failed: ValueError: of the fixture",
            "test_nobody_is_there_yet passed",
            "test_on_a_loop failed: SynchronousOnlyOperation: You cannot call this ",
            "test_without_a_database failed: RuntimeError: Database access not allo",
        ]
        with pytest.raises(WorkshopError, match=r"^pytest cannot run no_tests\.py: .*SyntaxError"):
            await site.test("no_tests.py")
        assert site.rows("SELECT COUNT(*) FROM auth_user") != [(0,)], "the tests have a database of their own"


async def test_a_forked_server_has_the_warnings_that_its_environment_asks_for(lab):
    with (lab.root / "linkup/asgi.py").open("a") as asgi:
        asgi.write("\n\nasync def forgotten():\n    pass\n\n\nforgotten()\n")
    async with await lab.serve(PYTHONWARNINGS="error:coroutine:RuntimeWarning") as site:
        assert "Exception ignored" in site.log
        assert "RuntimeWarning: coroutine 'forgotten' was never awaited" in site.log


async def test_a_forked_server_has_a_loop_of_its_own(lab):
    """With the one of the process that it is forked from, it would be woken by what happens to other servers."""
    with (lab.root / "linkup/asgi.py").open("a") as asgi:
        asgi.write(
            "\nfrom daphne.server import reactor, twisted_loop\n\nprint(reactor._asyncioEventloop is twisted_loop)\n"
        )
    async with await lab.serve() as site:
        assert site.log == "False\n"


async def test_a_server_has_the_warnings_of_any_python(lab):
    with (lab.root / "linkup/asgi.py").open("a") as asgi:
        asgi.write("\nimport warnings\n\nwarnings.warn('old', DeprecationWarning)\nwarnings.warn('odd')\n")
    async with await lab.serve() as site:
        assert "UserWarning: odd" in site.log
        assert "old" not in site.log


async def test_why_nothing_can_be_forked_is_said(lab, monkeypatch, tmp_path):
    """As when a package is missing that each server needs."""
    (tmp_path / "forkserver.py").write_text("import nothing_of_that_name\n")
    monkeypatch.setattr(server_process, "SERVER", tmp_path)
    monkeypatch.setattr(server_process, "fork_server", server_process.ForkServer)
    for _ in range(3):  # before it has ended, or after
        with pytest.raises(ServerDidNotStart, match="ModuleNotFoundError: No module named 'nothing_of_that_name'"):
            await lab.serve()


async def test_the_process_that_servers_are_forked_from_is_started_again(lab):
    first = server_process.fork_server()
    os.kill(first._process.pid, signal.SIGKILL)
    first._process.wait()
    async with await lab.serve() as site:
        assert site.rows("SELECT COUNT(*) FROM auth_user") != [(0,)]
    assert server_process.fork_server() is not first


async def test_where_nothing_forks_a_server_starts_from_nothing(lab, monkeypatch):
    monkeypatch.setattr(server_process, "FORKS", False)
    async with await lab.serve() as site:
        assert site.rows("SELECT COUNT(*) FROM auth_user") != [(0,)]
        assert not site.log


async def test_a_server_that_is_gone_is_said(lab):
    site = await lab.serve()
    os.kill(site._server.pid, signal.SIGKILL)
    with pytest.raises(WorkshopError, match="The server has ended"):
        await site.waiting_for_database()


KERNEL = """
import asyncio, os, signal, sys
from workshop import Lab
async def main():
    site = await Lab().serve()
    child = os.fork() if {forks} else 0
    if {forks} and not child:
        os.setsid()
        signal.pause()
    print(site._server.pid, site._port, child, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


@pytest.mark.parametrize("forks", [False, True], ids=["alone", "with a child that keeps the pipe"])
def test_a_killed_kernel_leaves_no_process_and_no_port(scratch, forks):
    code = KERNEL.format(forks=forks)
    kernel = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd="notebooks",
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    server, port, child = map(int, kernel.stdout.readline().split())
    socket.create_connection(("127.0.0.1", port)).close()
    kernel.send_signal(signal.SIGKILL)
    kernel.wait()
    try:
        wait_until_gone(server)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
    finally:
        if child:
            os.kill(child, signal.SIGKILL)
        kernel.stdout.close()


def wait_until_gone(pid, seconds=30):
    """Wait for a process that is not our child, so that there is no event to wait for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        about = subprocess.run(["ps", "-o", "stat=,nlwp=", "-p", str(pid)], capture_output=True, text=True).stdout
        # Its first thread may have ended before others that still hold its files.
        if not about.strip() or (about.startswith("Z") and about.split()[1] in "01"):
            return  # gone, or ended and its new parent has not noticed yet
        time.sleep(0.05)
    raise AssertionError(f"process {pid} is still there after {seconds} seconds")
