"""What a learner calls explains itself: each call has a docstring with an example."""

import inspect

import pytest

import workshop
from workshop import Lab, Script, Site

# What tests and other modules need, and lessons do not.
INNER = {"ready", "end", "events", "wait_for", "text", "html", "position", "since", "note", "until"}
CALLS = [
    (f"{variable}.{name}", member)
    for variable, kind in [("lab", Lab), ("site", Site), ("script", Script)]
    for name, member in inspect.getmembers(kind, inspect.isfunction)
    if not name.startswith("_") and name not in INNER
] + [(name, getattr(workshop, name)) for name in workshop.__all__ if inspect.isfunction(getattr(workshop, name))]


@pytest.mark.parametrize(("call", "member"), CALLS, ids=[call for call, _member in CALLS])
def test_a_call_shows_an_example_of_itself(call, member):
    assert f"{call}(" in member.__doc__


def test_the_api_fits_on_a_screen():
    assert len(CALLS) <= 34
