"""What can go wrong for a learner, each with a message that says what to do."""


class WorkshopError(Exception):
    """Something outside the lesson is in the way; the message says what to do about it."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks for this: the frames of the workshop itself would tell a learner nothing.
        return [f"{type(self).__name__}: {self}"]


class ServerDidNotStart(WorkshopError):
    """The scratch copy of LinkUp could not be imported or could not listen."""


class PatchDoesNotApply(WorkshopError):
    """demo_project has moved on and a stored patch has not."""
