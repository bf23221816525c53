"""The audit takes at most three times as long as reading and parsing, and less than 1 GiB."""

import os

from benchmark import LINES, make_project, measure

SOAK = bool(os.environ.get("LINKUP_SOAK"))
# A small project has the fixed cost of reading Django's own source, and shares the machine with other tests.
AT_MOST = 3 if SOAK else 5


def test_speed_and_memory(tmp_path):
    make_project(tmp_path, LINES if SOAK else 60_000)
    parsing, seconds, peak, findings = measure(tmp_path)
    assert seconds < AT_MOST * parsing, f"{seconds:.2f} s against {parsing:.2f} s"
    assert peak < 1024  # MiB
    assert findings
