"""Which script of LinkUp notices which bug, tried with the bug in a copy."""

import pytest

from workshop import Lab
from workshop.bug import bug_names

SCRIPTS = ["apply_migration.py", "test_async_fix_simple.py", "test_message_creation_fix.py"]
RED = {
    "01_missing_updated_at": SCRIPTS,
    "02_online_status": SCRIPTS[1:],
    "03_persistence_manager": SCRIPTS[1:],
}


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
        assert f"in: {lab.bugs[0].error.function} ({lab.bugs[0].error.file}:" in output
    else:
        said_of_log, said_of_source = output.splitlines()
        assert (code, said_of_log.partition(":")[0].rstrip(".")) in [
            (0, "No SynchronousOnlyOperation"),
            (0, "No SynchronousOnlyOperation in linkup.log"),
        ]
        assert said_of_source == "Nothing found in the source."


def test_every_bug_turns_a_script_red():
    assert set(bug_names()) <= set(RED)
    assert all(RED.values())


@pytest.mark.parametrize("name", bug_names())
async def test_the_scripts_notice_the_bug_and_name_its_line(name, scratch, capsys):
    lab = Lab(name)
    [bug] = lab.bugs
    red, output = await run_all(lab, capsys)
    await lab.close()
    assert red == RED[name]
    failures = [line for line in output.splitlines() if line.startswith("FAIL")]
    assert any(f"{bug.error.exception} in {bug.error.file}:" in line for line in failures), output
    assert "Traceback" not in output


async def test_linkup_as_it_is_shipped_is_all_green(scratch, capsys):
    lab = Lab()
    red, output = await run_all(lab, capsys)
    await lab.close()
    assert not red, output
    assert {line.partition(" ")[0] for line in output.splitlines()} == {"OK", "TODO"}
