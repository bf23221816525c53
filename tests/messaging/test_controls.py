"""A lesson says of its control that the statements are right: so they must be on each database."""

import pytest

from workshop.bug import Bug, bug_names


@pytest.mark.parametrize("name", [name for name in bug_names() if (Bug.load(name).home / "control.py").exists()])
def test_a_control_passes(program, name):
    bug = Bug.load(name)
    program.migrate()
    assert program.run("manage.py", "seed_demo")[0] == 0
    control = f"import runpy; runpy.run_path({str(bug.home / 'control.py')!r})"
    code, lines = program.run("manage.py", "shell", "-c", control)
    assert (code, lines[-1]) == (0, bug.control.splitlines()[-1])
