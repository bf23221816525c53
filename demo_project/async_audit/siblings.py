"""Errors that people meet on the way from one colour to the other, beside SynchronousOnlyOperation: by their text."""

import re

from async_audit.sibling import Sibling
from async_audit.siblings_of_colours import COLOURS
from async_audit.siblings_of_threads import THREADS
from async_audit.streams import PHRASE

# The error itself, where nothing tells which line it is about.
ITSELF = Sibling(
    says=f"SynchronousOnlyOperation: {PHRASE} - use a thread or sync_to_async.",
    text=PHRASE,
    why="Work that waits for the database was asked for in a thread whose event loop is running.",
    fix="Await the method's async twin (aget, acreate, …), or a plain function: await sync_to_async(function)(…).",
    trap="DJANGO_ALLOW_ASYNC_UNSAFE hides it: everybody waits, and a write may be lost.",
    lesson="00_start_here",
    shape="sync_query/get",
)
SIBLINGS = (*COLOURS, *THREADS)
ANY = re.compile("|".join(f"(?:{sibling.text})" for sibling in SIBLINGS))


def sibling_in(line: str) -> Sibling | None:
    """Return what a line of a log says of an error that is known here."""
    if not ANY.search(line):
        return None
    return next(sibling for sibling in SIBLINGS if re.search(sibling.text, line))
