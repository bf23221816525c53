"""Sockets end with the session that opened them."""

from hashlib import sha256

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer


def session_group(session_key: str) -> str:
    """Return the group of a session's sockets; its name is no key, since others can read names in the channel layer."""
    return f"session_{sha256(session_key.encode()).hexdigest()}"


def close_sockets(session_key: str) -> None:
    """Make every socket of a session close with 4401."""
    async_to_sync(get_channel_layer().group_send)(session_group(session_key), {"type": "chat.logout"})
