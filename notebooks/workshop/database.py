"""A migrated database with LinkUp's demo people, made once for each set of migrations and copied from then on."""

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from .errors import ServerDidNotStart
from .scratch import PROJECT

SEED = Path(__file__).with_name("_seed.py")


@dataclass(frozen=True)
class Seeded:
    """A database file, and what one needs to log in to it; each machine makes its own, none is in the repository."""

    file: Path
    secret_key: str
    password: str
    sessions: dict[str, str]


def program_environ(**extra: str) -> dict[str, str]:
    """Return this process's environment without settings of another LinkUp, and with `extra`."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("LINKUP_", "DJANGO_", "GIT_"))}
    return environ | {"DJANGO_SETTINGS_MODULE": "linkup.settings", "LINKUP_DEBUG": "1", **extra}


def seeded_database(copy: Path, cache: Path) -> Seeded:
    """Return a database for the program in `copy`. Raises ServerDidNotStart when it cannot be migrated.

    It is made by the shipped program, so that nothing a learner edits gets into it, unless the migrations differ.
    """
    project = PROJECT if _migrations(copy) == _migrations(PROJECT) else copy
    key = hashlib.sha256(version("django").encode())
    for text in [*_migrations(project), *(path.read_bytes() for path in sorted(_sources(project))), SEED.read_bytes()]:
        key.update(text)
    target = cache / key.hexdigest()[:16]
    if not target.exists():
        _make(project, target)
    facts = json.loads((target / "facts.json").read_text())
    return Seeded(target / "db.sqlite3", facts["secret_key"], facts["password"], facts["sessions"])


def last_line(process_output: str) -> str:
    """Return the last line that a failed program wrote, which for Python is the error."""
    return (process_output.strip().splitlines() or ["it printed nothing"])[-1]


def _migrations(project: Path) -> list[bytes]:
    return [path.name.encode() + path.read_bytes() for path in sorted(project.glob("*/migrations/*.py"))]


def _sources(project: Path) -> list[Path]:
    files = ["models.py", "message_persistence_manager.py", "management/commands/seed_demo.py"]
    return [project / "messaging" / name for name in files]


def _make(project: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix="draft-"))
    facts = {"secret_key": secrets.token_urlsafe(40), "password": secrets.token_urlsafe(9)}
    database = f"sqlite:///{quote((draft / 'db.sqlite3').as_posix())}"
    done = subprocess.run(
        [sys.executable, str(SEED), facts["password"]],
        cwd=project,
        env=program_environ(
            LINKUP_SECRET_KEY=facts["secret_key"], LINKUP_DATABASE_URL=database, PYTHONDONTWRITEBYTECODE="1"
        ),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        shutil.rmtree(draft)
        raise ServerDidNotStart(f"the database could not be made: {last_line(done.stderr)}")
    (draft / "facts.json").write_text(json.dumps(facts | {"sessions": json.loads(done.stdout)}))
    try:
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft)  # another kernel was faster; its database serves as well
        if not target.exists():
            raise
