"""Which script of LinkUp notices which bug, tried with the bug in a copy."""

import pytest

from workshop import Lab
from workshop.bug import SCRIPTS, bug_names


async def run_all(lab, capsys):
    """Return the scripts that fail, and what they print."""
    red = []
    capsys.readouterr()
    for script in SCRIPTS:
        code = await lab.run(script)
        assert code in (0, 1)
        red += [script] * code
    return red, capsys.readouterr().out


@pytest.mark.parametrize("name", [None, *bug_names()])
async def test_the_log_of_a_use_tells_a_bug_of_the_loop(name, scratch, capsys):
    lab = Lab(*filter(None, [name]))
    async with await lab.serve() as site:
        if name:
            await lab.bugs[0].action("reproduce")(site)
        await site.quiet()
        capsys.readouterr()
        code = await lab.run("check_async_errors.py")
    await lab.close()
    output = capsys.readouterr().out
    if name and lab.bugs[0].error.exception == "SynchronousOnlyOperation":
        assert code == 1
        error = lab.bugs[0].error
        place = error.to_repair
        awaits = f"the async caller of {place.function}" if error.called_by else f"{place.function} ({place.file}:"
        assert f"in: {awaits}" in output
    else:
        said_of_log, said_of_source = output.splitlines()
        assert (code, said_of_log.partition(":")[0].rstrip(".")) in [
            (0, "No SynchronousOnlyOperation"),
            (0, "No SynchronousOnlyOperation in linkup.log"),
        ]
        assert said_of_source == "Nothing found in the source."


@pytest.mark.parametrize("name", bug_names())
async def test_the_scripts_that_a_bug_declares_notice_it_and_name_its_line(name, scratch, capsys):
    lab = Lab(name)
    [bug] = lab.bugs
    red, output = await run_all(lab, capsys)
    await lab.close()
    assert red == bug.scripts
    failures = [line for line in output.splitlines() if line.startswith(("FAIL", "      "))]
    named = [f"{bug.error.exception} in {place.file}:" for place in (bug.error, bug.error.to_repair)]
    assert not red or any(name in line for line in failures for name in named), output
    assert "Traceback" not in output


async def test_linkup_as_it_is_shipped_is_all_green(scratch, capsys):
    lab = Lab()
    red, output = await run_all(lab, capsys)
    await lab.close()
    assert not red, output
    assert {line.partition(" ")[0] for line in output.splitlines()} == {"OK", "TODO"}
