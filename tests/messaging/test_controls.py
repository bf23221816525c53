"""A lesson says of its control that the statements are right: so they must be on each database."""

import pytest

from workshop.bug import Bug, bug_names

RUN = "import runpy, sys; runpy.run_path(sys.argv[1])"


@pytest.mark.parametrize("name", bug_names())
def test_a_control_passes(program, name):
    bug = Bug.load(name)
    program.migrate()
    program.run("manage.py", "seed_demo")
    code, lines = program.run(
        "manage.py", "shell", "-c", f"import runpy; runpy.run_path({str(bug.home / 'control.py')!r})"
    )
    assert (code, lines[-1]) == (0, bug.control.splitlines()[-1])
