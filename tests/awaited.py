"""What no process of LinkUp may have in its log: a coroutine that nobody awaited wrote nothing, or let everybody in."""


def assert_all_awaited(log):
    """Assert that no coroutine was dropped; Python only warns of one, and the process goes on."""
    dropped = [line for line in log.splitlines() if "was never awaited" in line]
    assert not dropped, "\n".join(dropped)
