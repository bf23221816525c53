"""Ordinary edits of the shipped program, each as (name, file, [(before, after), …], a text that shows it)."""

HANDLERS = "messaging/async_handlers.py"
MANAGER = "messaging/message_persistence_manager.py"
TWIN = """@database_sync_to_async
def create_message_async(sender_id: int, recipient_id: int, content: str, client_id: UUID) -> dict[str, Any]:
    \"\"\"Async twin of `create_message`.\"\"\"
    return create_message(sender_id, recipient_id, content, client_id)


"""
MARK = """@database_sync_to_async
def mark_messages_async("""
BODY = """    status.connections.filter(Q(pk=connection_id) | Q(seen_at__lt=now - ALIVE)).delete()
    if is_online:
        status.connections.create(pk=connection_id, seen_at=now)
    status.is_online = status.connections.exists()
    status.last_seen = now
    status.save()
"""
HELPER = f"""    count_sockets(status, connection_id, is_online, now)


def count_sockets(status: UserStatus, connection_id: UUID, is_online: bool, now: datetime) -> None:
    \"\"\"Count a socket in or out.\"\"\"
{BODY}"""
EDITS = {
    "rename a local variable": (
        MANAGER,
        [
            ("    newest_first = messages", "    latest = messages"),
            ("in reversed(newest_first)]", "in reversed(latest)]"),
        ],
    ),
    "add a parameter": (
        MANAGER,
        [
            (
                "def create_message(sender_id: int,",
                "def create_message(kind: str, sender_id: int,",
            ),
            (
                "def create_message_async(sender_id: int,",
                "def create_message_async(kind: str, sender_id: int,",
            ),
            (
                "    return create_message(sender_id, recipient_id, content, client_id)",
                "    return create_message(kind, sender_id, recipient_id, content, client_id)",
            ),
        ],
    ),
    "add a key": (
        MANAGER,
        [
            (
                '        "updated_at": message.updated_at.isoformat(),\n',
                '        "updated_at": message.updated_at.isoformat(),\n        "is_edited": False,\n',
            )
        ],
    ),
    "add an import": (
        MANAGER,
        [
            (
                "from django.contrib.auth.models import AbstractBaseUser\n",
                "from django.contrib.auth.models import AbstractBaseUser\nfrom django.db import DatabaseError\n",
            ),
            ("PAGE_SIZE = 50  # messages", "PAGE_SIZE = 50  # messages\nUNREACHABLE = DatabaseError"),
        ],
    ),
    "move a function": (MANAGER, [(TWIN, ""), (MARK, TWIN + MARK)]),
    "reformat": (
        HANDLERS,
        [
            (
                "def set_user_online_status(user_id: int, connection_id: UUID, is_online: bool) -> None:",
                "def set_user_online_status(\n    user_id: int, connection_id: UUID, is_online: bool\n) -> None:",
            )
        ],
    ),
    "change a docstring": (
        MANAGER,
        [
            (
                '    """Async twin of `create_message`."""',
                '    """Do what `create_message` does, in a database thread."""',
            )
        ],
    ),
    "split a function in two": (
        HANDLERS,
        [
            (BODY, HELPER),
            (
                "from typing import Any\n",
                "from datetime import datetime\nfrom typing import Any\n",
            ),
        ],
    ),
}


def edit(project, name):
    """Make one of the edits in a copy of the program."""
    file, replacements = EDITS[name]
    path = project / file
    text = path.read_text()
    for before, after in replacements:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    path.write_text(text)
