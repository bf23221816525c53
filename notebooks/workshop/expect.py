"""The check that an error still happens."""

import re
from collections.abc import Iterator
from contextlib import contextmanager


class ExpectedErrorMissing(AssertionError):
    """The error that a cell is about did not happen, or said something else."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self} Did you run the cells above?"]


@contextmanager
def expect_error(kind: type[BaseException], match: str = "") -> Iterator[None]:
    """Print the error that the block must raise as one line; let any other error through.

    Raises ExpectedErrorMissing when nothing was raised, or when the message does not match the regular expression.

    with expect_error(SynchronousOnlyOperation, match="async context"):
        User.objects.count()
    """
    try:
        yield
    except kind as error:
        if not re.search(match, str(error)):
            raise ExpectedErrorMissing(f"{kind.__name__} was expected to say {match!r}, and says: {error}") from error
        print(f"{type(error).__name__}: {error}")
    else:
        raise ExpectedErrorMissing(f"{kind.__name__} was expected, but nothing was raised.")
