"""The groups of the channel layer: who hears what."""

from hashlib import sha256


def conversation_room(one_id: int, other_id: int) -> str:
    """Return the group of both users' sockets of one conversation."""
    return "chat_{}_{}".format(*sorted([one_id, other_id]))


def presence_room(user_id: int) -> str:
    """Return the group of all who have a chat with this user open."""
    return f"presence_{user_id}"


def session_room(session_key: str) -> str:
    """Return the group of a session's sockets; its name is no key, since others can read names in the channel layer."""
    return f"session_{sha256(session_key.encode()).hexdigest()}"
