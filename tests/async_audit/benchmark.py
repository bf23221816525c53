"""How long an audit takes and how much memory, beside reading and parsing the same files: benchmark.py [FOLDER].

Without a folder, it looks at a project of 500,000 lines: copies of LinkUp, its checker and the gallery.
"""

import ast
import gc
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINES = 500_000
AUDIT = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from async_audit.static import audit
start = time.process_time()
report = audit(Path(sys.argv[2]), tests=True)
print(time.process_time() - start, len(report.findings))
"""


def make_project(folder, lines):
    """Fill a folder with copies of this repository's own code; return how many lines there are."""
    made = number = 0
    while made < lines:
        copy = folder / f"copy_{number}"
        shutil.copytree(ROOT / "demo_project", copy, ignore=shutil.ignore_patterns("*.sqlite3*", "__pycache__", ".*"))
        made += sum(file.read_bytes().count(b"\n") for file in copy.rglob("*.py"))
        number += 1
    return made


def seconds_to_parse(folder):
    """Return the processor seconds that reading and ast.parse take for all files of a folder."""
    gc.disable()  # as the audit does
    start = time.process_time()
    trees = [ast.parse(file.read_bytes()) for file in folder.rglob("*.py")]
    took = time.process_time() - start
    gc.enable()
    assert trees
    return took


def measure(folder):
    """Return the processor seconds of parsing, those of the audit, its peak of memory in MiB, and its findings."""
    parsing = seconds_to_parse(folder)
    command = [sys.executable, "-c", AUDIT, str(ROOT / "demo_project"), str(folder)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    seconds, findings = output.split()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return parsing, float(seconds), peak, int(findings)


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary)
        if len(sys.argv) == 1:
            print(f"{make_project(folder, LINES):,} lines")
        parsing, seconds, peak, findings = measure(folder)
    print(f"read and parse: {parsing:.1f} s; audit: {seconds:.1f} s, {seconds / parsing:.2f} times as long")
    print(f"peak of memory: {peak:.0f} MiB; findings: {findings}")


if __name__ == "__main__":
    main()
