"""Where the seconds of a run of the suite went: python tests/seconds.py JUNIT_XML."""

import sys
from collections import Counter
from xml.etree import ElementTree

LEAST = 1.0  # seconds that make a module worth a line


def main(path):
    """Print a line for each module or notebook, the slowest first, and the sum over all workers."""
    seconds, tests = Counter(), Counter()
    for case in ElementTree.parse(path).iter("testcase"):
        seconds[case.get("classname")] += float(case.get("time"))
        tests[case.get("classname")] += 1
    for module, spent in seconds.most_common():
        if spent >= LEAST:
            print(f"{spent:8.1f} s {tests[module]:6} tests  {module}")
    print(f"{seconds.total():8.1f} s {tests.total():6} tests  in all, summed over the workers")


if __name__ == "__main__":
    main(sys.argv[1])
