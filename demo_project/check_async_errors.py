#!/usr/bin/env python
"""Find the lines that raise SynchronousOnlyOperation: check_async_errors.py [PATH...] [--log FILE] [--help].

With a PATH it needs no settings and imports nothing of the project. Else LinkUp is the project: its source, its log.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from async_audit.command import add_arguments, main, program


def concerns_linkup(arguments: Sequence[str]) -> bool:
    """Tell whether the command line names no folder or file of another project."""
    parser = ArgumentParser(add_help=False)
    add_arguments(parser)
    known, _unknown = parser.parse_known_args([argument for argument in arguments if argument not in ("-h", "--help")])
    return not known.paths and not known.explain and not {"-h", "--help"} & set(arguments)


def run(arguments: Sequence[str]) -> int:
    """Run the command line; return its exit code."""
    if not concerns_linkup(arguments):
        return main(arguments)
    try:
        from manage import main as manage

        manage(["manage.py", "check_async_errors", *arguments])
    except SystemExit as end:
        if not isinstance(end.code, str):
            raise
        print(end.code, file=sys.stderr)  # LinkUp cannot be started
        return 2
    except ModuleNotFoundError as error:
        print(f"LinkUp needs {error.name}: use the Python of make lab, or name a folder to look at.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(program(run))
