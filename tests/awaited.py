"""What no process of LinkUp may have in its log: a coroutine that nobody awaited wrote nothing, or let everybody in."""

# Daphne has Twisted swallow what Python warns of; an error that nobody can catch is printed all the same.
TOLD = {"PYTHONWARNINGS": "error:coroutine:RuntimeWarning"}


def assert_all_awaited(log):
    """Assert that no coroutine was dropped in a process that was started with `TOLD`; it has gone on."""
    dropped = [line for line in log.splitlines() if "was never awaited" in line]
    assert not dropped, "\n".join(dropped)
