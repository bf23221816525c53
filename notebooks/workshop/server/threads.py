"""Numbers the threads of the program in the order in which they are met; the system uses its own numbers again.

Part of the server process.
"""

import asyncio
import itertools
import threading
from typing import Any

NUMBERS = itertools.count()
OWN = threading.local()


def place_of_thread() -> dict[str, Any]:
    """Return which kind of thread this is, its number, and whether an event loop is running in it."""
    try:
        asyncio.get_running_loop()
        running = True
    except RuntimeError:
        running = False
    is_main = threading.current_thread() is threading.main_thread()
    return {"thread": "event loop" if is_main else "worker", "number": number_of_thread(), "loop": running}


def number_of_thread() -> int:
    """Return the number of this thread, which no other thread has or will have."""
    if not hasattr(OWN, "number"):
        OWN.number = next(NUMBERS)
    return OWN.number
