"""Run the script test_async_fix_simple in the current folder, once as it is and once for each change of a file.

Standard input is JSON: the file, and pairs of a piece of it and what to put there. So is what it prints: the lines.
Run by `workshop.entry`, never imported.
"""

import asyncio
import importlib
import json
import sys
from pathlib import Path

import django

sys.path[0] = "."
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402

from linkup_checks.database import temporary_database  # noqa: E402
from linkup_checks.management.commands.test_async_fix_simple import Command  # noqa: E402
from linkup_checks.report import Report  # noqa: E402

name, changes = json.load(sys.stdin)
file = Path(name)
text = file.read_text(encoding="utf-8")
changed = importlib.import_module(name.removesuffix(".py").replace("/", "."))
runs = []
with temporary_database():
    for before, after in [("", ""), *changes]:
        file.write_text(text.replace(before, after) if before else text, encoding="utf-8")
        importlib.reload(changed)
        sys.modules.pop("linkup_checks.operations", None)  # it has taken the functions by their names
        get_user_model().objects.all().delete()
        lines: list[str] = []
        asyncio.run(Command().check_operations(Report(lines.append)))
        runs.append(lines)
print(f"\n{json.dumps(runs)}")
