"""The gallery's process, with each program watched by async_audit.live: started in place of workshop's own."""

import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks/workshop/server"), str(ROOT / "demo_project")]

import async_audit.static.modules  # noqa: E402, F401 - once, and not in each fork
import gallery  # noqa: E402
from async_audit.live.recorder import Recorder, gathered  # noqa: E402

THRESHOLD = 0.25  # seconds, more than a program takes on a busy machine, unless it waits
run = gallery.run


def run_watched(wanted):
    recorder = Recorder(THRESHOLD, lambda: None)
    recorder.start()
    run(wanted)
    recorder.stop()
    found = gathered(recorder.findings(Path.cwd()))
    gallery.report("watched", findings=[asdict(finding) for finding in found])


if __name__ == "__main__":
    gallery.run = run_watched
    gallery.report_calls = gallery.report_hops = lambda report: None  # no frames of the workshop's in between
    os.dup2(2, 1)
    sys.dont_write_bytecode = True
    sys.path.append(os.getcwd())
    with tempfile.TemporaryDirectory(prefix="gallery-") as name:
        gallery.serve(Path(name))
