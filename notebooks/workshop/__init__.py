"""What a lesson needs: a copy of LinkUp with a bug in it, its running server, and checks that speak plainly.

Lab      the copy: source, apply, fix, diff, exercise, hint, check, solution, serve
Site     the running server: ws, login, failure, calls, run, rows
Shape    a program of the gallery, broken and fixed: source, run, diff, check
Script   a program beside the notebooks, run in a process of its own
explain  a traceback that was pasted: line to repair, lesson, and the nearest shape
expect_error   an error that must happen
start_django, try_it, check_machine   for lesson 00, where Django runs in the kernel itself
"""

from .attempt import try_it
from .errors import PatchDoesNotApply, ServerDidNotStart, WorkshopError
from .expect import expect_error
from .explain import explain
from .kernel import check_machine, start_django
from .lab import Lab
from .script import Script
from .shape import Shape
from .site import Site

__all__ = [
    "Lab",
    "PatchDoesNotApply",
    "Script",
    "ServerDidNotStart",
    "Shape",
    "Site",
    "WorkshopError",
    "check_machine",
    "expect_error",
    "explain",
    "start_django",
    "try_it",
]
