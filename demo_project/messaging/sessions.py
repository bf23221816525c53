"""Sockets end with the session that opened them."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from messaging.rooms import session_room


def close_sockets(session_key: str) -> None:
    """Make every socket of a session close with 4401."""
    async_to_sync(get_channel_layer().group_send)(session_room(session_key), {"type": "chat.logout"})
