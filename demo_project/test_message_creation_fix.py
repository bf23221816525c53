#!/usr/bin/env python
"""Send a message through a running LinkUp, from login to read: test_message_creation_fix.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from manage import main

if __name__ == "__main__":
    main(["manage.py", "test_message_creation_fix", *sys.argv[1:]])
