"""How much one user may ask of a process, in however many tabs."""

from time import monotonic
from weakref import WeakValueDictionary

from messaging.protocol import FrameError

FRAMES_PER_SECOND = 10
BURST = 50  # frames at once, such as messages written while the connection was gone
PATIENCE = 200  # frames refused in a row until the socket is closed
SOCKETS = 30  # open chats


class Allowance:
    """A token bucket for the frames of one user: BURST at once, FRAMES_PER_SECOND in the long run."""

    def __init__(self) -> None:
        self.tokens = float(BURST)
        self.filled_at = monotonic()
        self.refused = 0
        self.sockets = 0

    @property
    def is_exhausted(self) -> bool:
        """Whether the user went on sending although told to slow down."""
        return self.refused > PATIENCE

    def take(self) -> None:
        """Count one frame. Raises FrameError when it comes too early."""
        now = monotonic()
        self.tokens = min(BURST, self.tokens + (now - self.filled_at) * FRAMES_PER_SECOND)
        self.filled_at = now
        if self.tokens < 1:
            self.refused += 1
            raise FrameError("too_fast", f"Send at most {FRAMES_PER_SECOND} frames a second.")
        self.tokens -= 1
        self.refused = 0


_allowances: WeakValueDictionary[int, Allowance] = WeakValueDictionary()


def allowance_of(user_id: int) -> Allowance:
    """Return what all sockets of a user in this process share, for as long as one of them holds it."""
    return _allowances.setdefault(user_id, Allowance())
