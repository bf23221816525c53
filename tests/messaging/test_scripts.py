"""The two scripts that run LinkUp on a database of their own: its operations, and a whole conversation."""

import asyncio
import os
import select
import signal
import sys
from pathlib import Path

import psycopg
import pytest
from asgiref.sync import iscoroutinefunction

from linkup_checks import server
from linkup_checks.errors import UnexpectedResult
from linkup_checks.operations import CHECKS
from messaging import async_handlers, message_persistence_manager, signs_of_life
from needs import skip_or_fail

OPERATIONS, CREATION = "test_async_fix_simple.py", "test_message_creation_fix.py"
SCRIPTS = ["apply_migration.py", OPERATIONS, CREATION]
OPERATIONS_PASS = [
    "OK    find_user: finds a user by name, and nobody under an unknown one",
    "OK    look_after: knows a user's session, and takes nobody else's",
    "OK    newest_message_id: knows the message that was stored last",
    "OK    get_user_presence: tells who is online, and who never was",
    "OK    set_user_online_status: a user is online until the last socket is gone",
    "OK    set_user_online_status: counts ten sockets that open at once",
    "OK    create_message_async: stores a message, and returns it as its reader sees it",
    "OK    create_message_async: stores a message once that is sent twice",
    "OK    create_message_async: stores ten messages at once",
    "OK    get_conversation_messages_async: returns a conversation, all of it or a part",
    "OK    mark_all_read_async: marks all that a user has got, once",
    "OK    mark_messages_async: moves messages to read, and never back",
]
CREATION_PASSES = [
    "OK    server: it listens on 127.0.0.1",
    "OK    login: the login page gives Ana and Ben a session",
    "OK    page: the chat page shows",
    "OK    sockets: both open, and Ben's tells that Ana is online",
    "OK    presence on: Ana sees Ben come online",
    "OK    send: Ana gets a receipt",
    "OK    stored: the message is in the database once",
    "OK    appears: Ben's socket and Ana's page have the message",
    "OK    delivered: Ana sees that it has reached Ben",
    "OK    read: Ana sees that Ben has read it",
    "OK    sent again: the same message is stored once",
    "OK    presence off: Ana sees Ben go offline",
    "OK    the server's log: it has no error",
]
LOG_PASSES = CREATION_PASSES[-1]
MANAGER = "messaging/message_persistence_manager.py"


def failed(passed, reason):
    """Return the lines of a check that fails, as it would say OK else: what it looks at, and what happened."""
    return [passed.replace("OK    ", "FAIL  "), f"      {reason}"]


def fail_at(step, reason, *lines):
    """Return what a conversation writes whose step after so many lines fails."""
    return (1, [*CREATION_PASSES[:step], *failed(CREATION_PASSES[step], reason), *lines])


def numbered(program, file, text):
    """Return file and line number of a text."""
    return f"{file}:{(program.root / file).read_text().splitlines().index(text) + 1}"


@pytest.mark.parametrize(("script", "lines"), [(OPERATIONS, OPERATIONS_PASS), (CREATION, CREATION_PASSES)])
def test_linkup_passes_twice_and_its_own_database_stays_as_it_is(program, script, lines):
    assert program.run(script) == program.run(script) == (0, lines)
    assert not program.file.exists()
    if program.database_url:
        assert not program.columns()


def test_every_async_operation_is_looked_at():
    found = {
        name
        for module in (async_handlers, message_persistence_manager, signs_of_life)
        for name, value in vars(module).items()
        if not name.startswith("_") and iscoroutinefunction(value)
    }
    assert found == {subject for subject, _fact, _check in CHECKS}


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_unsafe_flag_is_refused(file_program, script):
    code, lines = file_program.run(script, DJANGO_ALLOW_ASYNC_UNSAFE="1")
    assert code == 1
    assert lines[-1] == "Unset it (unset DJANGO_ALLOW_ASYNC_UNSAFE) and run the command again."
    assert not file_program.file.exists()


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_database_address_that_is_none(file_program, script):
    code, [line] = file_program.run(script, LINKUP_DATABASE_URL="nonsense")
    assert code == 1
    assert line.startswith("LinkUp is not configured right: LINKUP_DATABASE_URL is no address of a database. ")


def test_a_secret_key_that_cannot_be_stored(file_program):
    file_program.root.chmod(0o555)
    prefix = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    code, lines = file_program.run(OPERATIONS, prefix=prefix, LINKUP_SECRET_KEY="")
    file_program.root.chmod(0o755)
    assert code == 1
    assert lines == [
        "LinkUp is not configured right: the secret key cannot be stored beside manage.py (Permission denied). "
        "Set LINKUP_SECRET_KEY, or make that folder writable."
    ]


@pytest.mark.parametrize("script", [OPERATIONS, CREATION])
class TestTemporaryDatabase:
    def test_a_server_that_is_not_there(self, file_program, script):
        code, [line] = file_program.run(script, LINKUP_DATABASE_URL="postgres://u:secret@127.0.0.1:1/linkup")
        assert code == 1
        assert line.startswith("FAIL  temporary database: OperationalError: connection failed: ")
        assert line.endswith("Start PostgreSQL, or correct LINKUP_DATABASE_URL")
        assert "secret" not in line

    def test_a_migration_that_fails(self, program, script):
        migration = "messaging/migrations/0007_add_updated_at_field.py"
        program.edit(migration, '    message = apps.get_model("messaging", "Message")', "    message = unknown")
        place = f"{numbered(program, migration, '    message = unknown')} fill_from_created_at"
        line = f"FAIL  temporary database: NameError in {place}: name 'unknown' is not defined"
        assert program.run(script) == (1, [line])

    def test_a_user_who_may_not_make_one(self, program, script):
        if not program.database_url:
            skip_or_fail("services", "needs PostgreSQL in LINKUP_DATABASE_URL")
        name = f"guest_{os.getpid()}"
        with psycopg.connect(program.database_url, autocommit=True) as database:
            database.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'guest'")
            try:
                address = f"postgres://{name}:guest@{program.database_url.rpartition('@')[2]}"
                code, lines = program.run(script, LINKUP_DATABASE_URL=address)
            finally:
                database.execute(f"DROP ROLE {name}")
        assert code == 1
        assert lines[-1] == (
            "FAIL  temporary database: OperationalError: a database could not be made. "
            "Let the user of LINKUP_DATABASE_URL make one: ALTER ROLE … CREATEDB"
        )

    @pytest.mark.parametrize(("by", "code", "name"), [(signal.SIGINT, 130, "Ctrl-C"), (signal.SIGTERM, 143, "SIGTERM")])
    def test_asked_to_end(self, program, script, by, code, name):
        ended_with, lines = program.interrupt(script, "OK", by)
        assert (ended_with, lines[-1]) == (code, f"FAIL  stopped by {name}")


class TestOperations:
    def test_all_that_fail_are_named_with_the_line_to_repair(self, file_program):
        call = "    return create_message(sender_id, recipient_id, content, client_id)"
        file_program.edit(
            MANAGER, "@database_sync_to_async\ndef create_message_async(", "async def create_message_async("
        )
        place = f"{numbered(file_program, MANAGER, call)} create_message_async"
        failures = [
            line for passed in OPERATIONS_PASS[6:9] for line in failed(passed, f"SynchronousOnlyOperation in {place}")
        ]
        assert file_program.run(OPERATIONS) == (1, [*OPERATIONS_PASS[:6], *failures, *OPERATIONS_PASS[9:]])
        assert len(set(failures[::2])) == 3, "each names its check, although the reason is the same"

    def test_a_sync_function_in_place_of_an_async_one(self, file_program):
        """There is no async function to name, so the one that was called is."""
        file_program.edit("messaging/async_handlers.py", "@database_sync_to_async\ndef find_user", "def find_user")
        code, lines = file_program.run(OPERATIONS)
        assert code == 1
        assert lines[:2] == failed(OPERATIONS_PASS[0], lines[1].strip())
        assert lines[1].startswith("      SynchronousOnlyOperation in messaging/async_handlers.py:")
        assert lines[1].endswith(" find_user")
        assert lines[2:] == OPERATIONS_PASS[1:]

    def test_an_operation_that_does_nothing(self, file_program):
        file_program.edit(
            MANAGER, "    return mark_messages(recipient_id, sender_id, up_to_id, status)", "    return True"
        )
        lines = failed(OPERATIONS_PASS[-1], "the result is [True, True, True], and not [True, True, False]")
        assert file_program.run(OPERATIONS) == (1, [*OPERATIONS_PASS[:-1], *lines])

    def test_a_long_reason_is_cut(self, file_program):
        name = "x" * 300
        file_program.edit(
            "messaging/async_handlers.py",
            "    return get_user_model()",
            f"    raise OSError('{name}')\n    get_user_model()",
        )
        code, [_check, reason, *others] = file_program.run(OPERATIONS)
        assert (code, others) == (1, OPERATIONS_PASS[1:])
        assert reason.endswith(f" find_user: {name[:200]}…")

    def test_one_that_never_ends_does_not_hold_up_the_rest(self, file_program):
        file_program.edit(
            "messaging/async_handlers.py",
            "@database_sync_to_async\ndef find_user",
            "async def find_user(username):\n    await __import__('asyncio').sleep(600)\n\n\ndef unused",
        )
        code, lines = file_program.run(OPERATIONS)
        assert (code, lines) == (1, [*failed(OPERATIONS_PASS[0], "it does not end"), *OPERATIONS_PASS[1:]])

    def test_a_module_that_cannot_be_imported(self, file_program):
        file_program.edit(
            "messaging/async_handlers.py",
            "@database_sync_to_async\ndef find_user",
            "@database_sync_to_async\n@database_sync_to_async\ndef find_user",
        )
        code, [line] = file_program.run(OPERATIONS)
        assert code == 1
        assert line.startswith("FAIL  LinkUp cannot be loaded: TypeError in messaging/async_handlers.py:")
        assert line.endswith(" <module>: sync_to_async can only be applied to sync functions.")


class TestCreation:
    @pytest.fixture
    def file_program(self, file_program):
        """LinkUp with a hash of passwords that takes no time: what fails here is something else."""
        hashers = 'PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]'
        file_program.edit("linkup/settings.py", "LANGUAGE_CODE", f"{hashers}\nLANGUAGE_CODE")
        return file_program

    def test_the_first_error_of_the_log_is_named(self, file_program):
        line = '        "updated_at": message.updated_at.isoformat(),'
        file_program.edit(MANAGER, line, line.replace("message.updated_at", "message.changed_at"))
        place = numbered(file_program, MANAGER, line.replace("message.updated_at", "message.changed_at"))
        assert file_program.run(CREATION) == fail_at(
            5,
            "LinkUp closed ana's socket with code 1011",
            f"FAIL  the server's log: AttributeError in {place} serialize_message: "
            "'Message' object has no attribute 'changed_at'",
        )

    def test_a_page_that_fails(self, file_program):
        file_program.edit("messaging/views.py", "    others = ", "    unknown\n    others = ")
        place = f"{numbered(file_program, 'messaging/views.py', '    unknown')} chat"
        assert file_program.run(CREATION) == fail_at(
            2,
            "/chat/ben/ answers with status 500",
            f"FAIL  the server's log: NameError in {place}: name 'unknown' is not defined",
        )

    def test_what_does_not_come_is_named(self, file_program):
        file_program.edit(
            "messaging/consumers.py", '        await self.send_frame(\n            "status"', "        dict(x=1"
        )
        assert file_program.run(CREATION) == fail_at(
            8, "waited 5 seconds for the frame status of ana: up_to_id 1, status delivered", LOG_PASSES
        )

    def test_a_frame_that_linkup_refuses(self, file_program):
        file_program.edit("messaging/protocol.py", "MAX_CONTENT = 4_000", "MAX_CONTENT = 4")
        refused = "LinkUp answers ana: invalid_content, content is a text of 1 to 4 characters."
        assert file_program.run(CREATION) == fail_at(5, refused, LOG_PASSES)

    def test_a_login_that_is_refused(self, file_program):
        file_program.edit(
            "linkup/settings.py",
            "LANGUAGE_CODE",
            "AUTHENTICATION_BACKENDS = ['django.contrib.auth.backends.BaseBackend']\nLANGUAGE_CODE",
        )
        assert file_program.run(CREATION) == fail_at(1, "the login page gave ana no session", LOG_PASSES)

    def test_a_login_page_without_its_token(self, file_program):
        file_program.edit("messaging/templates/registration/login.html", "{% csrf_token %}", "")
        assert file_program.run(CREATION) == fail_at(1, "the login page has no CSRF token", LOG_PASSES)

    def test_a_server_that_ends_half_way(self, file_program):
        file_program.edit(
            "messaging/consumers.py", "        self.client_id = client_id", "        __import__('os')._exit(3)"
        )
        line = "LinkUp closed ana's socket with code none"
        assert file_program.run(CREATION) == fail_at(5, line, LOG_PASSES)

    def test_a_server_that_does_not_start(self, file_program):
        file_program.edit("messaging/consumers.py", "class ChatConsumer", "class = ChatConsumer")
        place = numbered(file_program, "messaging/consumers.py", "class = ChatConsumer(ReportingConsumer):")
        assert file_program.run(CREATION) == (
            1,
            [
                "FAIL  server: it ended before it listened",
                f"FAIL  the server's log: SyntaxError in {place}: invalid syntax",
            ],
        )

    def test_what_is_set_for_other_servers_does_not_matter(self, file_program):
        """A production machine with a proxy, and somebody's print in the program."""
        file_program.edit("linkup/asgi.py", "import os", "import os\nprint('here')")
        nowhere = "http://127.0.0.1:1"
        environ = {
            "LINKUP_DEBUG": "0",
            "LINKUP_ALLOWED_HOSTS": "chat.example.org",
            "LINKUP_CHANNEL_LAYER_URL": "redis://127.0.0.1:1/0",
            "LINKUP_LOG_FORMAT": "json",
            "LINKUP_LOG_FILE": str(file_program.root / "theirs.log"),
            "http_proxy": nowhere,
            "all_proxy": nowhere,
            "no_proxy": "",
        }
        assert file_program.run(CREATION, **environ) == (0, CREATION_PASSES)
        assert not (file_program.root / "theirs.log").exists()


async def test_a_server_that_hangs(monkeypatch):
    monkeypatch.setattr(server, "START", 0.1)
    sleeper = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=-1, stdout=-1)
    with pytest.raises(UnexpectedResult, match=r"it did not start within 0\.1 seconds"):
        await server._port(sleeper)
    await sleeper.communicate(b"\n")


def test_the_server_ends_with_a_check_that_is_killed(file_program):
    with file_program.start(CREATION, PYTHONUNBUFFERED="1") as check:
        assert check.stdout.readline() == f"{CREATION_PASSES[0]}\n"
        [child] = Path(f"/proc/{check.pid}/task/{check.pid}/children").read_text().split()
        ended = os.pidfd_open(int(child))
        check.send_signal(signal.SIGKILL)
    try:
        # A process that has ended can be read from.
        assert select.select([ended], [], [], 30)[0]
    finally:
        os.close(ended)


CAUSE = """\
Traceback (most recent call last):
  File "/usr/lib/driver.py", line 1, in execute
    run()
driver.OperationalError: no such table

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "{home}/messaging/views.py", line 7, in chat
    ask()
  File "/usr/lib/django/db.py", line 2, in ask
    execute()
django.db.utils.OperationalError: no such table
"""


def test_the_error_that_came_through_linkup_is_named_rather_than_its_cause(tmp_path, settings):
    log = tmp_path / "server.log"
    log.write_text(CAUSE.format(home=settings.BASE_DIR))
    assert server.first_error(log) == "OperationalError in messaging/views.py:7 chat: no such table"
    log.write_text(CAUSE.partition("\n\n")[0] + "\n")
    assert server.first_error(log) == "OperationalError: no such table"
    log.write_text("2026-11-02 12:00:00 WARNING django.request Not Found: /favicon.ico\n")
    assert server.first_error(log) is None
