"""A line on the terminal that tells how far a long run has come."""

import time
from types import TracebackType
from typing import TextIO

PATIENCE = 1.0  # seconds before anything is shown
REFRESH = 0.1  # seconds between two states
WIDTH = 30


class Progress:
    """Shows a bar on a terminal once a run takes long, and takes it away in the end; elsewhere it shows nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._due = time.monotonic() + PATIENCE if stream.isatty() else float("inf")
        self._shown = 0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._shown:
            self._show("")

    def __call__(self, done: int, total: int) -> None:
        """Take how many files of how many are done."""
        if (now := time.monotonic()) >= self._due:
            self._due = now + REFRESH
            filled = WIDTH * done // max(total, 1)
            self._show(f"[{'#' * filled}{' ' * (WIDTH - filled)}] {done} of {total} files")

    def _show(self, text: str) -> None:
        ending = "" if text else "\r"
        print(f"\r{text.ljust(self._shown)}{ending}", end="", file=self._stream, flush=True)
        self._shown = len(text)
