#!/usr/bin/env python
"""Run every async database operation of LinkUp in an event loop: test_async_fix_simple.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from manage import main

if __name__ == "__main__":
    main(["manage.py", "test_async_fix_simple", *sys.argv[1:]])
