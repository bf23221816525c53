"""What keeps the checker from looking."""


class CannotLook(Exception):
    """Something is unreadable, misnamed or configured wrong; the message is one sentence and says what to do."""
