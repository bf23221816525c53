"""How fast a client may send."""

from time import monotonic

from messaging.protocol import FrameError

FRAMES_PER_SECOND = 10
BURST = 50  # frames at once, such as messages written while the connection was gone
PATIENCE = 200  # frames refused in a row until the socket is closed


class FrameBudget:
    """A token bucket: BURST frames at once, FRAMES_PER_SECOND in the long run."""

    def __init__(self) -> None:
        self.tokens = float(BURST)
        self.filled_at = monotonic()
        self.refused = 0

    @property
    def is_exhausted(self) -> bool:
        """Whether the client went on sending although it was told to slow down."""
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
