"""What each --explain says of a trap is done, for all codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from async_audit.shapes import shapes

CLAIMS = Path(__file__).parent / "claims.py"


@pytest.fixture(scope="module", name="untrue")
def what_did_not_come_true():
    """Return for each code what of its trap did not come true, empty where all did."""
    done = subprocess.run([sys.executable, CLAIMS], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("code", shapes())
def test_the_trap_of_a_code_is_as_it_is_told(code, untrue):
    assert not untrue[code]
