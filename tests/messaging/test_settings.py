"""Settings that keep an installation safe, tried in processes of their own."""

import os
import subprocess
import sys
import threading

import pytest
from asgiref.testing import ApplicationCommunicator

from linkup.secret import read_or_create_secret_key
from workshop.scratch import PROJECT


def manage(*args, **environ):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LINKUP_", "DJANGO_"))}
    command = [sys.executable, "manage.py", *args]
    done = subprocess.run(command, cwd=PROJECT, env=clean | environ, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_debug_is_refused_for_other_host_names():
    code, output = manage("check", LINKUP_ALLOWED_HOSTS="127.0.0.1,chat.example.org")
    assert code
    assert output.startswith("LinkUp is not configured right: LINKUP_DEBUG is for this machine alone")
    assert "Traceback" not in output


def test_debug_is_refused_on_a_public_address():
    code, output = manage("runserver", "0.0.0.0:0", "--noreload", LINKUP_SECRET_KEY="x" * 60)
    assert code
    assert output.strip().startswith("CommandError: DEBUG is on, so LinkUp does not listen on 0.0.0.0")


@pytest.mark.parametrize(("client", "status"), [("127.0.0.1", 302), ("::1", 302), ("192.0.2.7", 403)])
async def test_debug_answers_this_machine_alone(client, status):
    """Whatever the Host header says: it is the client's to choose."""
    from linkup.asgi import routes
    from linkup.this_machine_only import this_machine_only

    headers = [(b"host", b"localhost")]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": headers,
        "client": [client, 1],
        "query_string": b"",
    }
    http = ApplicationCommunicator(this_machine_only(routes), scope)
    await http.send_input({"type": "http.request", "body": b""})
    assert (await http.receive_output(10))["status"] == status
    await http.wait(10)  # Django closes what it has read of the request

    socket = ApplicationCommunicator(
        this_machine_only(routes), {"type": "websocket", "path": "/", "client": ["192.0.2.7", 1]}
    )
    assert await socket.receive_output(10) == {"type": "websocket.close"}
    await socket.wait(10)


@pytest.mark.parametrize(("debug", "guarded"), [("1", "True"), ("0", "False")])
def test_the_guard_is_on_while_debug_is(debug, guarded):
    ask = "from linkup import asgi; print(asgi.application is not asgi.routes)"
    assert manage("shell", "-v0", "--no-imports", "-c", ask, LINKUP_DEBUG=debug) == (0, f"{guarded}\n")


def test_a_port_that_is_taken_is_said():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        database = "sqlite:///:memory:"
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        _code, output = manage("runserver", address, "--noreload", LINKUP_DATABASE_URL=database, LINKUP_SECRET_KEY="x")
    assert "Address already in use" in output
    assert "Traceback" not in output


def test_the_unsafe_flag_is_refused():
    code, output = manage("check", DJANGO_ALLOW_ASYNC_UNSAFE="false")
    assert code
    assert "unset DJANGO_ALLOW_ASYNC_UNSAFE" in output
    assert "Traceback" not in output


def test_production_settings_pass_djangos_own_deployment_check():
    production = {"LINKUP_DEBUG": "0", "LINKUP_ALLOWED_HOSTS": "chat.example.org"}
    secret = "".join(chr(33 + n) for n in range(60))
    code, output = manage("check", "--deploy", "--fail-level=WARNING", LINKUP_SECRET_KEY=secret, **production)
    assert (code, output) == (0, "System check identified no issues (2 silenced).\n")


def test_a_log_format_that_does_not_exist_is_refused():
    code, output = manage("check", LINKUP_LOG_FORMAT="yaml")
    assert code
    assert output.strip() == "LinkUp is not configured right: LINKUP_LOG_FORMAT is line or json, not yaml."


def test_services_are_used_when_named():
    code, output = manage(
        *("shell", "--no-imports", "-c"),
        "from django.conf import settings as s; print(s.DATABASES['default']['ENGINE'], s.CHANNEL_LAYERS)",
        LINKUP_DATABASE_URL="postgres://u@127.0.0.1/x",
        LINKUP_CHANNEL_LAYER_URL="redis://127.0.0.1:1/0",
    )
    assert code == 0, output
    assert "django.db.backends.postgresql" in output
    assert "RedisChannelLayer" in output


def test_two_sites_on_one_redis_do_not_hear_each_other():
    ask = "from django.conf import settings as s; print(s.CHANNEL_LAYERS['default']['CONFIG']['prefix'])"
    redis = {"LINKUP_CHANNEL_LAYER_URL": "redis://127.0.0.1:1/0"}
    first, same, second = [
        manage("shell", "-v0", "--no-imports", "-c", ask, LINKUP_SECRET_KEY=key, **redis)[1]
        for key in ("first", "first", "second")
    ]
    assert first == same != second


@pytest.mark.parametrize(("serves", "pool"), [("1", "True"), ("0", "False")])
def test_a_script_has_no_pool_and_no_limit_of_time(serves, pool):
    ask = "from django.conf import settings as s; print('pool' in s.DATABASES['default'].get('OPTIONS', {}))"
    named = {"LINKUP_DATABASE_URL": "postgres://u@127.0.0.1/x", "LINKUP_SERVES": serves}
    assert manage("shell", "-v0", "--no-imports", "-c", ask, **named) == (0, f"{pool}\n")


def test_a_secret_key_is_made_once_and_for_its_owner_alone(tmp_path):
    path = tmp_path / ".secret_key"
    keys = []
    threads = [threading.Thread(target=lambda: keys.append(read_or_create_secret_key(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1
    assert len(keys[0]) >= 50
    assert path.stat().st_mode & 0o077 == 0
    assert [p.name for p in tmp_path.iterdir()] == [".secret_key"]
    assert read_or_create_secret_key(path) == keys[0]


def test_no_key_is_in_the_repository():
    tracked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    assert ".secret_key" not in tracked.stdout
