"""Leads `from workshop import …` in the lessons here to the package in notebooks/. `make lab` writes this file."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
os.environ.setdefault("WORKSHOP_SCRATCH", str(HERE / "scratch"))  # beside the lessons, where their text says
sys.path.insert(0, str(HERE.parent))
# The package takes this module's place: import hands out what stands here at the end.
del sys.modules["workshop"]
import workshop  # noqa: E402, F401
