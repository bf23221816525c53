"""What a lesson needs: a copy of LinkUp with a bug in it, its running server, and checks that speak plainly.

Lab      the copy: source, apply, fix, diff, exercise, hint, check, solution, serve
Site     the running server: ws, login, failure, calls, run, rows
expect_error   an error that must happen
"""

from .errors import PatchDoesNotApply, ServerDidNotStart, WorkshopError
from .expect import expect_error
from .lab import Lab
from .site import Site

__all__ = ["Lab", "PatchDoesNotApply", "ServerDidNotStart", "Site", "WorkshopError", "expect_error"]
