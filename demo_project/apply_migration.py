#!/usr/bin/env python
"""Bring LinkUp's database up to date and prove that it is: apply_migration.py [--check]."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from manage import main

if __name__ == "__main__":
    main(["manage.py", "apply_migration", *sys.argv[1:]])
